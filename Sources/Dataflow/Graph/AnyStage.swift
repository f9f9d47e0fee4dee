/// A stage with its types erased: what pipeline files and the scheduler see.
public struct AnyStage: Sendable {
  /// The stage's name in pipeline files.
  public let kind: String
  /// Names and types of the ports, in order.
  public private(set) var ports: [PortDeclaration]
  /// The type of the output.
  public let output: any StageValue.Type
  /// Where the stage runs.
  public private(set) var lane: Lane
  /// The version of what the stage does.
  public let version: Int
  /// The parameters that it was made from; empty for a stage that was not made from a file.
  public let parameters: [String: ParameterValue]
  /// How its value is stored; nil where that is not worth it.
  public let storage: ValueStorage?
  private let digestsErased: @Sendable () throws -> [String: String]
  private var demandForExtents: @Sendable ([Extent]) throws -> Demand
  private let prepareErased: @Sendable () throws -> [Note]
  private var foreseeErased: @Sendable ([(any Sendable)?]) throws -> (any Sendable)?
  private var runErased:
    @Sendable (consuming [any StageValue], StageContext) throws -> any StageValue

  /// Erases the types of a stage.
  ///
  /// - Parameter parameters: those that it was made from.
  /// - Precondition: the stage names as many ports as it has inputs.
  public init<S: Stage>(_ stage: S, parameters: [String: ParameterValue] = [:]) {
    version = S.version
    self.parameters = parameters
    storage = (stage as? any StoringStage).map { Self.storage(of: $0) }
    digestsErased = { try stage.digests() }
    kind = S.kind
    ports = PortDeclaration.ports(of: S.self)
    output = S.Output.self
    lane = stage.lane
    demandForExtents = { try stage.demand(for: $0) }
    prepareErased = { try stage.prepare() }
    foreseeErased = { try stage.foresee(behind: $0) }
    runErased = { inputs, context in try stage.run(S.Input(erased: consume inputs), in: context) }
  }

  /// The stage with something around its work. What is not named here stays the stage's own: how its
  /// value is made and stored, what it readies and foresees.
  ///
  /// - Parameters:
  ///   - ports: other ports than the stage has; nil: the same.
  ///   - lane: another lane; nil: the same.
  ///   - demand: what a run takes with what is around it.
  ///   - run: does the work, with the values at `ports`.
  public func wrapped(
    ports: [PortDeclaration]? = nil, lane: Lane? = nil,
    demand: (@Sendable ([Extent]) throws -> Demand)? = nil,
    run: @escaping @Sendable (consuming [any StageValue], StageContext) throws -> any StageValue
  ) -> AnyStage {
    var stage = self
    if let ports {
      stage.ports = ports
      let own = self.ports.count
      // The stage looks at its own ports, which come first; of those that are gone nothing is known.
      stage.foreseeErased = { [foreseeErased] inputs in
        try foreseeErased(
          inputs.prefix(own) + Array(repeating: nil, count: max(0, own - inputs.count)))
      }
    }
    if let lane { stage.lane = lane }
    if let demand { stage.demandForExtents = demand }
    stage.runErased = run
    return stage
  }

  private static func storage<S: StoringStage>(of stage: S) -> ValueStorage { ValueStorage(stage) }

  /// How the stage makes its value; after ``prepare()``.
  ///
  /// - Throws: what a file that it depends on cannot be read for.
  public func recipe() throws -> StageRecipe {
    let texts = parameters.mapValues(\.description)
    return StageRecipe(
      kind: kind, version: version,
      parameters: try texts.merging(digestsErased()) { _, digest in digest })
  }

  /// What a run takes, from the sizes of its inputs; see ``Stage/demand(for:)``.
  public func demand(for inputs: [Extent]) throws -> Demand { try demandForExtents(inputs) }

  /// Readies what all cases share.
  public func prepare() throws -> [Note] { try prepareErased() }

  /// Looks at what is known of the values at the ports; see ``Stage/foresee(behind:)``.
  func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)? {
    try foreseeErased(inputs)
  }

  /// Does the work; the stage becomes the owner of its inputs.
  public func run(
    _ inputs: consuming [any StageValue], in context: StageContext
  ) throws -> any StageValue {
    try runErased(consume inputs, context)
  }
}

/// A port of a stage: its name and the type of the value that it takes.
public struct PortDeclaration: Sendable {
  /// Such as `minuend`.
  public let name: String
  /// Such as `Mask.self`.
  public let type: any StageValue.Type

  /// A port.
  public init(name: String, type: any StageValue.Type) { (self.name, self.type) = (name, type) }

  static func ports<S: Stage>(of stage: S.Type) -> [PortDeclaration] {
    precondition(S.ports.count == S.Input.types.count, "\(S.kind) names other ports than it has")
    return zip(S.ports, S.Input.types).map { PortDeclaration(name: $0, type: $1) }
  }
}
