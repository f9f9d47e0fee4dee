public import Errors
public import Files
import Foundation
import Concurrency

/// Digests of files, kept from run to run: a file is hashed once, and again only if its inode, size or
/// modification time has changed.
///
/// This misses a change if the old modification time is restored; `--rehash` reads every file again. Several
/// processes may share the record; each appends whole lines.
public final class FileDigests: Sendable {
  private let path: String?
  private let remembers: Bool
  private let room: ByteRoom
  private let known: Guarded<[FileStamp: String]>
  /// It has its own lock: looking up a digest must not wait for the disk.
  private let recorder = Guarded<Recorder?>(nil)

  /// Digests that are kept in a file; without a file, only in this process.
  ///
  /// - Parameters:
  ///   - rehash: ignore what was recorded earlier.
  ///   - remembers: whether new digests are recorded.
  ///   - keeping: how many bytes of the files that it hashes may stay in memory until the files are decoded or
  ///     let go. Files that find no room are read twice.
  /// - Throws: `Diagnostic` if a newer program wrote the record.
  public init(
    record path: String?, rehash: Bool = false, remembers: Bool = true, keeping: Int = 0
  ) throws(Diagnostic) {
    (self.path, self.remembers, room) = (path, remembers, ByteRoom(bytes: keeping))
    let known = try path.map(Self.read) ?? [:]
    self.known = Guarded(rehash ? [:] : known)
  }

  /// The digest of a file as it is now.
  ///
  /// - Throws: `Diagnostic` if it cannot be read, or changes meanwhile.
  /// - Complexity: reading the file, unless its digest is known.
  public func digest(of path: String) throws(Diagnostic) -> FileDigest {
    try digest(of: try InputFile(path), keepsBytes: false)
  }

  /// The digest of an open file; one whose digest is known is not hashed when it is read later, and one that
  /// is hashed now keeps its bytes for that, as far as there is room.
  ///
  /// - Throws: `Diagnostic` if it cannot be read, or has been changed since it was opened.
  /// - Complexity: reading the file, unless its digest is known.
  public func digest(of file: InputFile) throws(Diagnostic) -> FileDigest {
    try digest(of: file, keepsBytes: true)
  }

  private func digest(of file: InputFile, keepsBytes: Bool) throws(Diagnostic) -> FileDigest {
    if let known = known.withLock({ $0[file.stamp] }) {
      file.stopHashing()
      return FileDigest(stamp: file.stamp, sha256: known)
    }
    // Nobody decodes a file that was opened only to be hashed.
    if keepsBytes { try file.keepBytes(within: room) }
    let digest = try FileDigest(of: file)
    remember(digest)
    return digest
  }

  private func remember(_ digest: FileDigest) {
    let (stamp, sha256) = (digest.stamp, digest.sha256)
    let isSettled = stamp.isSettled
    known.withLock { $0[stamp] = sha256 }
    guard isSettled, remembers, let path else { return }
    recorder.withLock { recorder in
      if recorder == nil {
        let isNew = FileStamp(path) == nil
        recorder = Recorder(appendingTo: path)
        if isNew { recorder?.append("\(Self.magic) \(Self.formatVersion)") }
      }
      recorder?.append(
        "\(stamp.device) \(stamp.inode) \(stamp.size) \(stamp.modified) \(sha256)")
    }
  }

  private static let (magic, formatVersion) = ("calvaria-digests", 1)

  private static func read(_ path: String) throws(Diagnostic) -> [FileStamp: String] {
    guard let data = FileManager.default.contents(atPath: path) else { return [:] }
    var known: [FileStamp: String] = [:]
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, words[0] == magic, let version = Int(words[1]), version > formatVersion {
        throw Diagnostic(
          .newerVersion, path, field: "format version", expected: "at most \(formatVersion)",
          found: "\(version)", remedy: "use the program that wrote the file, or another --cache")
      }
      guard words.count == 5, let device = UInt64(words[0]), let inode = UInt64(words[1]),
        let size = Int(words[2]), let modified = Int(words[3]), words[4].utf8.count == 64
      else { continue }
      known[FileStamp(device: device, inode: inode, size: size, modified: modified)] =
        String(words[4])
    }
    return known
  }
}
