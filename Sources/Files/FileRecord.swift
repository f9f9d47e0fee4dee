/// A file as accounts list it: which bytes it had when it was used.
public struct FileRecord: Codable, Hashable, Sendable {
  /// The file, as it was named.
  public var path: String
  public var bytes: Int
  /// SHA-256 as hexadecimal digits.
  public var sha256: String

  public init(path: String, bytes: Int, sha256: String) {
    (self.path, self.bytes, self.sha256) = (path, bytes, sha256)
  }
}
