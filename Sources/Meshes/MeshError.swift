/// Why a mesh could not be read or written.
public struct MeshError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable {
    /// The bytes end before what the header promises.
    case truncated
    /// The bytes contradict the format or themselves.
    case malformed
    /// A well-formed file that this version does not read.
    case unsupported
    /// A mesh too large for the format.
    case tooLarge
  }

  /// The kind of failure.
  public var code: Code
  /// What it is about, in the words of the format.
  public var field: String
  /// What was expected.
  public var expected: String
  /// What was found.
  public var found: String
  /// What to do about it.
  public var remedy: String

  /// An error about one field.
  public init(_ code: Code, field: String, expected: String, found: String, remedy: String) {
    self.code = code
    self.field = field
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }

  /// `FIELD: expected …, found …; what to do`; who knows the file puts its name before it.
  public var description: String {
    "\(field): expected \(expected), found \(found); \(remedy)"
  }
}
