public import Errors

/// A kind of device that networks can run on.
public struct EngineDeclaration: Sendable {
  /// The name that chooses it, such as `cpu`.
  public let name: String
  /// One line for help.
  public let summary: String
  /// Makes the engine.
  ///
  /// - Throws: ``Diagnostic`` where this machine has no such device.
  public let make: @Sendable () throws(Diagnostic) -> any Engine

  public init(
    name: String, summary: String,
    make: @escaping @Sendable () throws(Diagnostic) -> any Engine
  ) {
    (self.name, self.summary, self.make) = (name, summary, make)
  }
}
