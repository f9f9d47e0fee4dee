import Completion
public import Errors
import Files
import Foundation
import Concurrency
import Dataflow

/// Values of stages in a folder, by their keys. They are written atomically and checked when read; the least
/// recently used are removed if they take too much space.
///
/// Several processes may share a cache. An entry never changes, so two processes that write it write the same
/// bytes. If another process has removed an entry, reading it throws ``CacheMiss``, and the value is made
/// again.
public final class ValueCache: Sendable {
  /// A value, with the notes and warnings of its stage.
  struct Entry {
    var notes: [String: Note]
    var warnings: [String]
    /// What the stage found in the skull.
    var findings: CompletionFindings?
    var value: [UInt8]
  }

  public let folder: String
  /// The largest size of all entries together, in bytes.
  public let limit: Int

  private struct State: Sendable {
    /// The size of all entries in bytes; nil until it is counted.
    var bytes: Int?
    var subfolders: Set<String> = []
    /// Why storing has stopped.
    var trouble: String?
    /// Values that are missing or damaged; a damaged entry may still be there if it could not be removed.
    var missed: Set<CacheKey> = []
  }
  private let state = Guarded(State())

  /// A cache in a folder, which is created if missing.
  ///
  /// - Parameter limit: the largest size of all entries together, in bytes.
  /// - Throws: `Diagnostic` if the folder cannot be created.
  public init(folder: String, limit: Int) throws(Diagnostic) {
    (self.folder, self.limit) = (folder, limit)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic(
        .unwritable, folder, field: "cache", expected: "a folder that can be made",
        found: "a file or no permission",
        remedy: "name another with --cache, or run with --no-cache")
    }
  }

  private func path(of key: CacheKey) -> String {
    "\(folder)/\(key.description.prefix(2))/\(key.description.dropFirst(2))"
  }

  /// Whether there is an entry to read.
  func contains(_ key: CacheKey) -> Bool {
    !state.withLock { $0.missed.contains(key) } && access(path(of: key), R_OK) == 0
  }

  /// Reads an entry, and marks it as used.
  ///
  /// - Throws: ``CacheMiss`` if there is none or it is damaged. A damaged entry is removed, one of a newer
  ///   program is not. The value then counts as missing until it is written.
  func read(_ key: CacheKey) throws(CacheMiss) -> Entry {
    let path = path(of: key)
    if let file = try? InputFile(path), let bytes = try? file.bytes(at: 0, count: file.size) {
      if let entry = Self.entry(of: bytes) {
        utimensat(AT_FDCWD, path, nil, 0)
        return entry
      }
      if !Self.isNewer(bytes) { unlink(path) }
    }
    state.withLock { _ = $0.missed.insert(key) }
    throw CacheMiss(key: key)
  }

  /// Why storing has stopped; nil if it has not.
  var trouble: String? { state.withLock(\.trouble) }

  /// Writes an entry. If the disk is full, storing stops and the run goes on, see ``trouble``.
  func write(_ entry: Entry, for key: CacheKey) {
    guard trouble == nil else { return }
    do {
      let bytes = try Self.bytes(of: entry)
      let path = path(of: key)
      let subfolder = String(key.description.prefix(2))
      if state.withLock({ $0.subfolders.insert(subfolder).inserted }) {
        let path = "\(folder)/\(subfolder)"
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
          throw Diagnostic(
            Diagnostic.Code(errno, otherwise: .unwritable), path, field: "cache",
            expected: "a folder that can be made", found: String(cString: strerror(errno)),
            remedy: "name another with --cache")
        }
      }
      if let file = try? InputFile(path), let start = try? file.bytes(at: 0, count: 40),
        Self.isNewer(start)
      {
        return
      }
      try AtomicFile.write(to: path, durably: false) { try $0.write(bytes) }
      let isTooMuch = state.withLock { state in
        state.missed.remove(key)
        state.bytes =
          (state.bytes ?? Self.entries(in: folder).reduce(0) { $0 + $1.size })
          + bytes.count
        return (state.bytes ?? 0) > limit
      }
      if isTooMuch { evict() }
    } catch {
      state.withLock { $0.trouble = $0.trouble ?? "values are not stored any more: \(error)" }
    }
  }

  func remove(_ key: CacheKey) {
    unlink(path(of: key))
    state.withLock { _ = $0.missed.insert(key) }
  }

  // MARK: The size

  private struct Stored {
    var path: String
    var size: Int
    var used: Int
  }

  /// Removes entries if those of all processes exceed the limit.
  ///
  /// A process counts the entries of others only once, so every process that has written entries calls this at
  /// its end: the last one sees them all.
  func trim() {
    guard state.withLock(\.bytes) != nil else { return }
    evict()
  }

  /// Removes the least recently used entries, until a tenth of the limit is free.
  private func evict() {
    var entries = Self.entries(in: folder)
    var bytes = entries.reduce(0) { $0 + $1.size }
    if bytes > limit {
      entries.sort { $0.used < $1.used }
      for entry in entries {
        guard bytes > limit / 10 * 9 else { break }
        unlink(entry.path)
        bytes -= entry.size
      }
    }
    state.withLock { $0.bytes = bytes }
  }

  private static func entries(in folder: String) -> [Stored] {
    let files = FileManager.default
    var found: [Stored] = []
    for name in (try? files.contentsOfDirectory(atPath: folder)) ?? [] where name.utf8.count == 2 {
      for entry in (try? files.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? [] {
        let path = "\(folder)/\(name)/\(entry)"
        // Left by a killed process.
        if TemporaryNames.isTemporary(entry) { removeIfOld(path) }
        if entry.utf8.count == 62, let stamp = FileStamp(path) {
          found.append(Stored(path: path, size: stamp.size, used: stamp.modified))
        }
      }
    }
    return found
  }

  /// Removes a temporary file that no process can still be writing.
  private static func removeIfOld(_ path: String) {
    guard let stamp = FileStamp(path) else { return }
    if Double(stamp.modified) / 1e9 < Date().timeIntervalSince1970 - 3600 { unlink(path) }
  }

  // MARK: The bytes of an entry

  /// `calvaria-value 2 NOTES VALUE SHA256`, a line end, NOTES bytes of JSON and VALUE bytes. The digest covers
  /// both.
  private static let (magic, formatVersion) = ("calvaria-value", 2)

  /// Whether bytes are the start of an entry of a newer version.
  private static func isNewer(_ bytes: [UInt8]) -> Bool {
    let words = String(decoding: bytes.prefix(40), as: UTF8.self).split(separator: " ")
    return words.count > 1 && words[0] == magic && (Int(words[1]) ?? 0) > formatVersion
  }

  private struct Remarks: Codable {
    var notes: [String: Note]
    var warnings: [String]
    var findings: CompletionFindings?
  }

  private static func bytes(of entry: Entry) throws -> [UInt8] {
    let notes = [UInt8](
      try JSONEncoder().encode(
        Remarks(notes: entry.notes, warnings: entry.warnings, findings: entry.findings)))
    let body = notes + entry.value
    let digest = body.withUnsafeBytes { SHA256.hexDigest(of: $0) }
    return Array("\(magic) \(formatVersion) \(notes.count) \(entry.value.count) \(digest)\n".utf8)
      + body
  }

  private static func entry(of bytes: [UInt8]) -> Entry? {
    guard let end = bytes.prefix(200).firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ")
    guard words.count == 5, words[0] == magic, words[1] == "\(formatVersion)",
      let notes = Int(words[2]), let value = Int(words[3]), notes >= 0, value >= 0,
      case let body = bytes[(end + 1)...], body.count - notes == value,
      body.withUnsafeBytes({ SHA256.hexDigest(of: $0) }) == words[4],
      let remarks = try? JSONDecoder().decode(Remarks.self, from: Data(body.prefix(notes)))
    else { return nil }
    return Entry(
      notes: remarks.notes, warnings: remarks.warnings, findings: remarks.findings,
      value: Array(body.dropFirst(notes)))
  }
}

/// A value was expected in the cache, but is missing or damaged.
struct CacheMiss: Error, CustomStringConvertible {
  let key: CacheKey
  var description: String { "cache: expected the value \(key), found none; it is made again" }
}
