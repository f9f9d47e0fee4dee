/// Why a picture could not be written or read.
public struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What it is about.
  public var field: String
  /// What went wrong.
  public var found: String

  /// `FIELD: expected …, found …; what to do`.
  public var description: String {
    "\(field): expected a picture that libpng takes, found \(found); check the file and the memory"
  }
}
