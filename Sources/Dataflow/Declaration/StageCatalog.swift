import Errors

/// A stage that pipeline files can name.
public protocol DeclaredStage: Stage {
  /// One line for help.
  static var summary: String { get }
  /// The parameters that it takes.
  static var parameters: [ParameterDeclaration] { get }
  /// The stage with these parameters.
  ///
  /// - Throws: ``Diagnostic`` where a value cannot be, though it is of its declared type.
  init(_ parameters: Parameters) throws
}

/// The stages that pipeline files can name.
public struct StageCatalog: Sendable {
  /// What the catalogue knows of one stage.
  public struct Entry: Sendable {
    /// The stage's name.
    public let kind: String
    /// One line for help.
    public let summary: String
    /// Names and types of its ports.
    public let ports: [PortDeclaration]
    /// The type of its output.
    public let output: any StageValue.Type
    /// The parameters that it takes.
    public let parameters: [ParameterDeclaration]
    /// Makes the stage from checked parameters.
    public let make: @Sendable (Parameters) throws -> AnyStage
  }

  /// The stages by name.
  public private(set) var entries: [String: Entry] = [:]

  /// An empty catalogue.
  public init() {}

  /// Adds a stage.
  ///
  /// - Precondition: its name is not taken, and none of its parameters has the name of a port.
  public mutating func register<S: DeclaredStage>(_ stage: S.Type) {
    register(stage) { try S($0) }
  }

  /// Adds a stage that takes more than its parameters to be made, such as a registry to look in.
  ///
  /// - Precondition: its name is not taken, and none of its parameters has the name of a port.
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
