/// What a stage cannot do with a case: field, expected, found, remedy.
public struct StageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the trouble is about.
  public var field: String
  /// What was expected.
  public var expected: String
  /// What was found.
  public var found: String
  /// What to do.
  public var remedy: String

  /// An error about one field.
  public init(_ field: String, expected: String, found: String, remedy: String) {
    (self.field, self.expected, self.found, self.remedy) = (field, expected, found, remedy)
  }

  /// `FIELD: expected …, found …; what to do`.
  public var description: String { "\(field): expected \(expected), found \(found); \(remedy)" }
}
