/// What an engine cannot do, in one line.
public struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The field or tensor that is wrong.
  public let field: String
  /// What it should have been.
  public let expected: String
  /// What it is.
  public let found: String

  /// An error about a field or a tensor.
  public init(field: String, expected: String, found: String) {
    self.field = field
    self.expected = expected
    self.found = found
  }

  /// The one-line message.
  public var description: String { "\(field): expected \(expected), found \(found)" }
}
