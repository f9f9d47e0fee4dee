import Dataflow
import Testing

/// A wrapper does something around a stage and stays, for whoever asks, that stage.
@Suite struct WrappedStageTests {
  /// A stage that says something wherever a stage can.
  private struct Telling: StoringStage {
    static let kind = "telling"
    static let version = 7
    var lane: Lane { .files }
    var holdsCaseName: Bool { true }
    func prepare() -> [Note] { [.text("ready")] }
    func digests() -> [String: String] { ["model": "abc"] }
    func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)? {
      (inputs.count, inputs[0] as? String)
    }
    func demand(for inputs: [Extent]) -> Demand {
      Demand(peakBytes: 64, output: Extent(bytes: 8), cores: Cores(most: 5, bytesEach: 3))
    }
    func run(_ input: Inputs<Score>, in context: StageContext) -> Score {
      Score(number: input.values.number + context.cores)
    }
    func stored(_ value: Score) -> [UInt8] { [UInt8(value.number)] }
    func restored(_ bytes: [UInt8]) -> Score { Score(number: Int(bytes[0])) }
    func storedBytes(of value: Extent) -> Int { 1 }
  }

  /// The source says nothing, so what a stage is told is what the one before it foresees.
  private struct Foretelling: Stage {
    static let kind = "foretelling"
    func foresee(behind inputs: [(any Sendable)?]) -> (any Sendable)? { "known" }
    func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
    func run(_ input: Inputs<Score>, in context: StageContext) -> Score { input.values }
  }

  /// Throws what the stage before it foresaw.
  private struct Repeating: Stage {
    static let kind = "repeating"
    struct Heard: Error, Equatable {
      var count: Int?
      var text: String?
    }
    func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)? {
      let heard = inputs[0] as? (Int, String?)
      throw Heard(count: heard?.0, text: heard?.1)
    }
    func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
    func run(_ input: Inputs<Score>, in context: StageContext) -> Score { input.values }
  }

  private let stage = AnyStage(Telling(), parameters: ["gamma": .number(3), "model": .text("m")])

  private func wrapped(ports: [PortDeclaration]? = nil) -> AnyStage {
    let stage = stage
    return stage.wrapped(
      ports: ports, lane: .compute,
      run: { inputs, context in
        let value = try stage.run([inputs[0]], in: context)
        return Score(number: 10 * ((value as? Score)?.number ?? 0))
      })
  }

  @Test func keepsWhatItsValueIsMadeOf() throws {
    for wrapper in [wrapped(), wrapped().wrapped(run: { inputs, _ in inputs[0] })] {
      #expect(try wrapper.recipe() == stage.recipe())
      #expect(
        try wrapper.recipe()
          == StageRecipe(kind: "telling", version: 7, parameters: ["gamma": "3", "model": "abc"]))
      #expect(wrapper.parameters == stage.parameters && wrapper.version == 7)
      #expect(wrapper.holdsCaseName)
      #expect(try wrapper.prepare() == [.text("ready")])
      #expect(try wrapper.demand(for: []) == stage.demand(for: []))
      let storage = try #require(wrapper.storage)
      #expect(try storage.stored(Score(number: 9)) == [9])
      #expect(try storage.restored([4]) as? Score == Score(number: 4))
    }
  }

  @Test func replacesWhatItIsTold() throws {
    let demand = Demand(peakBytes: 1000, output: Extent(bytes: 8))
    let wrapper = wrapped().wrapped(
      demand: { _ in demand }, run: { [inner = wrapped()] in try inner.run($0, in: $1) })
    #expect(try wrapper.demand(for: []) == demand)
    if case .compute = wrapper.lane {} else { Issue.record("the lane is that of the stage") }
    let value = try wrapper.run([Score(number: 1)], in: StageContext(cores: 2))
    #expect(value as? Score == Score(number: 30))
  }

  /// Whatever ports a wrapper has, the stage looks at those of its own.
  @Test(arguments: [nil, 1, 2]) func keepsWhatItForesees(ports count: Int?) throws {
    let port = PortDeclaration(name: "of", type: Score.self)
    var graph = StageGraph()
    let seed = graph.source("seed", of: Score.self)
    let before = graph.add(Foretelling(), to: seed)
    let middle = try graph.add(
      erased: wrapped(ports: count.map { Array(repeating: port, count: $0) }), named: "middle",
      to: Array(repeating: before.node, count: count ?? 1))
    _ = try graph.add(erased: AnyStage(Repeating()), named: "last", to: [middle])
    let failure = #expect(throws: ForeseenFailure.self) { try graph.foresee() }
    #expect(failure?.underlying as? Repeating.Heard == Repeating.Heard(count: 1, text: "known"))
  }
}
