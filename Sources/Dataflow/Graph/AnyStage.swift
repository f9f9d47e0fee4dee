/// A stage with its types erased, as pipeline files and the scheduler use it.
public struct AnyStage: Sendable {
  /// The name in pipeline files, see ``Stage/kind``.
  public let kind: String
  /// Names and types of the inputs, in order.
  public private(set) var ports: [PortDeclaration]
  public let output: any StageValue.Type
  /// Which workers run the stage.
  public private(set) var lane: Lane
  /// See ``Stage/version``.
  public let version: Int
  /// See ``Stage/holdsCaseName``.
  public let holdsCaseName: Bool
  /// The parameters that it was made from; empty for a stage that code made without them.
  public let parameters: [String: ParameterValue]
  /// How its value is stored in the cache; nil if it is not a ``StoringStage``.
  public let storage: ValueStorage?
  private let digestsErased: @Sendable () throws -> [String: String]
  private var demandForExtents: @Sendable ([Extent]) throws -> Demand
  private let prepareErased: @Sendable () throws -> [Note]
  private var foreseeErased: @Sendable ([(any Sendable)?]) throws -> (any Sendable)?
  private var runErased:
    @Sendable (consuming [any StageValue], StageContext) throws -> any StageValue

  /// Erases the types of a stage.
  ///
  /// - Parameter parameters: what the stage was made from, for its recipe and the account.
  /// - Precondition: the stage names as many ports as it has inputs.
  public init<S: Stage>(_ stage: S, parameters: [String: ParameterValue] = [:]) {
    version = S.version
    holdsCaseName = stage.holdsCaseName
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

  /// The same stage with its work wrapped in `run`, for example to measure its memory. Everything
  /// that is not a parameter here stays that of the stage.
  ///
  /// - Parameters:
  ///   - ports: other inputs; nil keeps those of the stage.
  ///   - lane: another lane; nil keeps that of the stage.
  ///   - demand: what a run needs, the wrapping included.
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
      // The stage's own ports come first; those that `ports` dropped have no known value.
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

  /// The recipe of the stage's value, for cache keys. Call it after ``prepare()``.
  ///
  /// - Throws: what reading a file that the value depends on throws.
  public func recipe() throws -> StageRecipe {
    let texts = parameters.mapValues(\.description)
    return StageRecipe(
      kind: kind, version: version,
      parameters: try texts.merging(digestsErased()) { _, digest in digest })
  }

  /// What a run needs, given the sizes of its inputs; see ``Stage/demand(for:)``.
  public func demand(for inputs: [Extent]) throws -> Demand { try demandForExtents(inputs) }

  /// Prepares what all cases share; see ``Stage/prepare()``.
  public func prepare() throws -> [Note] { try prepareErased() }

  /// Checks the stage against what is known of its inputs; see ``Stage/foresee(behind:)``.
  func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)? {
    try foreseeErased(inputs)
  }

  /// Runs the stage, which takes ownership of its inputs.
  public func run(
    _ inputs: consuming [any StageValue], in context: StageContext
  ) throws -> any StageValue {
    try runErased(consume inputs, context)
  }
}

/// An input of a stage: its name and the type of value that it accepts.
public struct PortDeclaration: Sendable {
  /// The name in pipeline files, such as `minuend`.
  public let name: String
  public let type: any StageValue.Type

  public init(name: String, type: any StageValue.Type) { (self.name, self.type) = (name, type) }

  static func ports<S: Stage>(of stage: S.Type) -> [PortDeclaration] {
    precondition(
      S.ports.count == S.Input.types.count, "\(S.kind): as many port names as inputs are needed")
    return zip(S.ports, S.Input.types).map { PortDeclaration(name: $0, type: $1) }
  }
}
