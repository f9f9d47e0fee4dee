/// What went wrong with a file, in the form of the contract: file, field, expected, found, remedy.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Code: String, Hashable, Sendable {
    /// The file is not there or may not be opened.
    case unreadable
    /// The file or its folder cannot be written.
    case unwritable
    /// Reading or writing stopped half-way.
    case inputOutput
  }

  /// What kind of trouble it is.
  public var code: Code
  /// The file.
  public var path: String
  /// The sentence after the file's name: `FIELD: expected …, found …; what to do`.
  public var message: String

  /// An error about a file.
  public init(_ code: Code, path: String, message: String) {
    (self.code, self.path, self.message) = (code, path, message)
  }

  /// `FILE: FIELD: expected …, found …; what to do`.
  public var description: String { "\(path): \(message)" }
}
