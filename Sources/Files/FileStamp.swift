public import Errors
import Glibc

/// What tells, without reading it, whether a file is still the one that was read: device, inode, size
/// and time of the last change. A rename keeps it; a copy or a touched file gets another.
public struct FileStamp: Hashable, Sendable {
  public let device, inode: UInt64
  /// Bytes in the file.
  public let size: Int
  /// When the content changed last, in nanoseconds since 1970.
  public let modified: Int

  public init(device: UInt64, inode: UInt64, size: Int, modified: Int) {
    (self.device, self.inode, self.size, self.modified) = (device, inode, size, modified)
  }

  /// The stamp of a regular file, links followed; nil where there is none.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The stamp of a regular file; nil where it is something else.
  init?(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    let time = status.st_mtim
    self.init(
      device: UInt64(truncatingIfNeeded: status.st_dev),
      inode: UInt64(truncatingIfNeeded: status.st_ino), size: Int(status.st_size),
      modified: Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec))
  }

  /// Whether the file has had this content for so long that a later change would show in its time:
  /// file systems count it in steps of some milliseconds.
  public var isSettled: Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int(now.tv_sec) &* 1_000_000_000 &+ Int(now.tv_nsec) &- modified > 100_000_000
  }
}

extension FileStamp: Codable {
  /// `[device, inode, size, time]`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(device)
    try container.encode(inode)
    try container.encode(size)
    try container.encode(modified)
  }

  /// - Throws: where there are not four numbers.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    self.init(
      device: try container.decode(UInt64.self), inode: try container.decode(UInt64.self),
      size: try container.decode(Int.self), modified: try container.decode(Int.self))
  }
}

/// The digest of a file's bytes, and the file that had them.
public struct FileDigest: Hashable, Sendable {
  /// The file when it was read.
  public let stamp: FileStamp
  /// SHA-256 as hexadecimal digits.
  public let sha256: String

  public init(stamp: FileStamp, sha256: String) { (self.stamp, self.sha256) = (stamp, sha256) }
}

extension FileDigest {
  /// The digest of an open file.
  ///
  /// - Throws: `Diagnostic` where it cannot be read, or has been changed since it was opened.
  /// - Complexity: as ``InputFile/sha256()``.
  public init(of file: InputFile) throws(Diagnostic) {
    self.init(stamp: file.stamp, sha256: try file.sha256())
    try file.requireUnchanged()
  }
}
