import Errors

/// A stage that pipeline files can use, made from its parameters.
public protocol DeclaredStage: Stage {
  /// One line for help texts.
  static var summary: String { get }
  static var parameters: [ParameterDeclaration] { get }
  /// Makes the stage from checked parameters.
  ///
  /// - Throws: ``Diagnostic`` if a value has the declared type but makes no sense, or if two
  ///   parameters contradict each other.
  init(_ parameters: Parameters) throws
}

/// The stages that pipeline files can use, by name. `StandardStages` fills it.
public struct StageCatalog: Sendable {
  /// One stage of the catalogue, with its types erased.
  public struct Entry: Sendable {
    /// The name in pipeline files, see ``Stage/kind``.
    public let kind: String
    /// One line for help texts.
    public let summary: String
    /// Names and types of its inputs, in order.
    public let ports: [PortDeclaration]
    public let output: any StageValue.Type
    public let parameters: [ParameterDeclaration]
    public let make: @Sendable (Parameters) throws -> AnyStage
  }

  /// The entries by the name of their stage.
  public private(set) var entries: [String: Entry] = [:]

  public init() {}

  /// Adds a stage.
  ///
  /// - Precondition: the name is not taken, and no parameter has the name of a port.
  public mutating func register<S: DeclaredStage>(_ stage: S.Type) {
    register(stage) { try S($0) }
  }

  /// Adds a stage that needs more than its parameters, such as a registry to look up a model in.
  ///
  /// - Parameter making: makes the stage from checked parameters.
  /// - Precondition: the name is not taken, and no parameter has the name of a port.
  public mutating func register<S: DeclaredStage>(
    _ stage: S.Type, making: @escaping @Sendable (Parameters) throws -> S
  ) {
    precondition(entries[S.kind] == nil, "two stages named \(S.kind)")
    let names = S.ports + S.parameters.map(\.name) + S.parameters.compactMap(\.formerName)
    precondition(Set(names).count == names.count, "\(S.kind): a name used twice")
    entries[S.kind] = Entry(
      kind: S.kind, summary: S.summary, ports: PortDeclaration.ports(of: S.self),
      output: S.Output.self, parameters: S.parameters,
      make: { AnyStage(try making($0), parameters: $0.all) })
  }
}
