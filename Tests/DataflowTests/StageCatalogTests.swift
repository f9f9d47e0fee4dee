import Errors
import Dataflow
import Testing

@Suite struct StageCatalogTests {
  /// Adds a number, or fails for one that cannot be.
  struct Add: DeclaredStage {
    static let kind = "add"
    static let summary = "adds a number"
    static let parameters = [
      ParameterDeclaration("by", .integer(-9...9), standard: .integer(1), "what is added"),
      ParameterDeclaration(optional: "limit", .number(.positive), "at most this"),
    ]
    var by: Int
    init(_ parameters: Parameters) throws {
      by = parameters.integer("by")
      if by == 0 { throw Diagnostic(.badParameter, field: "by", expected: "not 0", found: "0") }
    }
    func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
    func run(_ input: Inputs<Score>, in context: StageContext) -> Score {
      Score(number: input.values.number + by)
    }
  }

  @Test func catalogueMakesStagesFromParameters() throws {
    var catalog = StageCatalog()
    catalog.register(Add.self)
    let entry = try #require(catalog.entries["add"])
    #expect(entry.summary == "adds a number")
    #expect(entry.ports.map(\.name) == ["of"])
    #expect(ObjectIdentifier(entry.output) == ObjectIdentifier(Score.self))
    let stage = try entry.make(Parameters(["by": .integer(4)], for: entry.parameters))
    #expect(stage.kind == "add")
    #expect(try stage.demand(for: [Extent(bytes: 8)]).peakBytes == 8)
    #expect(throws: Diagnostic(.badParameter, field: "by", expected: "not 0", found: "0")) {
      try entry.make(Parameters(["by": .integer(0)], for: entry.parameters))
    }
  }

  @Test func standardValuesFillWhatIsMissing() {
    let parameters = Parameters([:], for: Add.parameters)
    #expect(parameters.integer("by") == 1)
    #expect(parameters.optionalNumber("limit") == nil)
    #expect(parameters.all == ["by": .integer(1)])
  }

  @Test func demandIsAtLeastTheOutput() {
    let demand = Demand(peakBytes: 1, output: Extent(bytes: 100), cores: Cores(most: 0))
    #expect(demand.peakBytes == 100 && demand.cores == .one)
  }
}
