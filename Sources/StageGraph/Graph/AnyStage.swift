/// A stage with its types erased: what pipeline files and the scheduler see.
public struct AnyStage: Sendable {
  /// The stage's name in pipeline files.
  public let kind: String
  /// Names and types of the ports, in order.
  public let ports: [PortDeclaration]
  /// The type of the output.
  public let output: any StageValue.Type
  /// Where the stage runs.
  public let lane: Lane
  private let demandForExtents: @Sendable ([Extent]) -> Demand
  private let prepareErased: @Sendable () throws -> [Note]
  private let foreseeErased: @Sendable ([(any Sendable)?]) throws -> (any Sendable)?
  private let runErased:
    @Sendable (consuming [any StageValue], StageContext) throws -> any StageValue

  /// Erases the types of a stage.
  ///
  /// - Precondition: the stage names as many ports as it has inputs.
  public init<S: Stage>(_ stage: S) {
    kind = S.kind
    ports = PortDeclaration.ports(of: S.self)
    output = S.Output.self
    lane = stage.lane
    demandForExtents = { stage.demand(for: $0) }
    prepareErased = { try stage.prepare() }
    foreseeErased = { try stage.foresee(behind: $0) }
    runErased = { inputs, context in try stage.run(S.Input(erased: consume inputs), in: context) }
  }

  /// What a run takes, from the sizes of its inputs.
  public func demand(for inputs: [Extent]) -> Demand { demandForExtents(inputs) }

  /// Readies what all cases share.
  public func prepare() throws -> [Note] { try prepareErased() }

  /// Looks at what is known of the values at the ports; see ``Stage/foresee(behind:)``.
  func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)? {
    try foreseeErased(inputs)
  }

  /// Does the work; the stage becomes the owner of its inputs.
  func run(
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

  static func ports<S: Stage>(of stage: S.Type) -> [PortDeclaration] {
    precondition(S.ports.count == S.Input.types.count, "\(S.kind) names other ports than it has")
    return zip(S.ports, S.Input.types).map { PortDeclaration(name: $0, type: $1) }
  }
}
