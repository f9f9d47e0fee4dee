import Errors
import Glibc

/// Writing a file so that its name never stands for half of its content.
///
/// The bytes go to a file without a name (`O_TMPFILE`, where the file system has it) or with a
/// hidden temporary name in the same folder; they are synced and only then get the name, replacing
/// what had it. An error, an interrupt or a crash leaves the old file as it was. A link is written
/// through; a device, a pipe or a folder is never replaced.
public enum AtomicFile {
  /// Creates or replaces `path` with what `body` writes.
  ///
  /// - Parameter durably: whether the bytes are on the disk before the name is; without it, a loss of
  ///   power may leave the name with half of the content, which is enough for what can be made again
  ///   and is checked when it is read.
  /// - Throws: `Diagnostic` where the file cannot be written; what `body` throws.
  public static func write<Result>(
    to path: String, durably: Bool = true, _ body: (inout FileSink) throws -> Result
  ) throws -> Result {
    var pending = try PendingFile(for: PendingFile.target(of: path))
    do {
      var sink = FileSink(descriptor: pending.descriptor, path: path)
      let result = try body(&sink)
      try sink.flush()
      try pending.commit(durably: durably)
      return result
    } catch {
      pending.abandon()
      throw error
    }
  }

  /// Creates or replaces `path` with `bytes`.
  public static func write(_ bytes: some Collection<UInt8>, to path: String) throws {
    try write(to: path) { sink in
      var sunk: Void? = nil
      sunk = try bytes.withContiguousStorageIfAvailable {
        try sink.write(UnsafeRawBufferPointer($0))
      }
      if sunk == nil { try Array(bytes).withUnsafeBytes { try sink.write($0) } }
    }
  }
}

/// A file that has no name yet.
struct PendingFile: ~Copyable {
  let descriptor: Int32
  private let path: String
  private let folder: String
  private var temporaryName: String?
  private var isOpen = true

  init(for path: String) throws(Diagnostic) {
    self.path = path
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let anonymous = open(folder, O_WRONLY | O_CLOEXEC | O_TMPFILE_, 0o666)
    if anonymous >= 0 {
      descriptor = anonymous
      return
    }
    let name = TemporaryNames.make(for: path, in: folder)
    let named = open(name, O_WRONLY | O_CLOEXEC | O_CREAT | O_EXCL, 0o666)
    guard named >= 0 else {
      let number = errno
      TemporaryNames.forget(name)
      throw Diagnostic(
        .init(number, otherwise: .unwritable), path, field: "output",
        expected: "a folder that can be written", found: String(cString: strerror(number)),
        remedy: "create the folder or choose another")
    }
    descriptor = named
    temporaryName = name
  }

  /// The file that a path stands for, links followed.
  static func target(of path: String) throws(Diagnostic) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return path }
    guard status.st_mode & S_IFMT == S_IFREG, !path.hasSuffix("/") else {
      let found = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device or pipe"
      throw Diagnostic(
        .unwritable, path, field: "output", expected: "a new name or a regular file", found: found,
        remedy: "choose another name")
    }
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Gives the bytes the final name; durably: once they are on the disk.
  mutating func commit(durably: Bool) throws(Diagnostic) {
    guard !durably || fsync(descriptor) == 0 || errno == EINVAL else { throw failure("sync") }
    if temporaryName == nil {
      let name = TemporaryNames.make(for: path, in: folder)
      // `linkat` cannot replace a file, so the bytes get a temporary name for an instant.
      guard linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
      else {
        TemporaryNames.forget(name)
        throw failure("link")
      }
      temporaryName = name
    }
    guard rename(temporaryName!, path) == 0 else { throw failure("rename") }
    TemporaryNames.forget(temporaryName!)
    temporaryName = nil
    closeOnce()
    guard durably else { return }
    // The new name is on disk once its folder is.
    let parent = open(folder, O_RDONLY | O_CLOEXEC)
    if parent >= 0 {
      _ = fsync(parent)
      close(parent)
    }
  }

  /// Forgets the bytes.
  mutating func abandon() {
    closeOnce()
    if let temporaryName {
      unlink(temporaryName)
      TemporaryNames.forget(temporaryName)
    }
    temporaryName = nil
  }

  private mutating func closeOnce() {
    if isOpen { close(descriptor) }
    isOpen = false
  }

  private func failure(_ step: String) -> Diagnostic {
    Diagnostic(
      .init(errno, otherwise: .inputOutput), path, field: "output", expected: "to \(step) the file",
      found: String(cString: strerror(errno)), remedy: "check the disk and the folder's permissions"
    )
  }
}

/// `O_TMPFILE`, which the headers define by an expression that Swift does not import.
private let O_TMPFILE_: Int32 = 0o20_000_000 | O_DIRECTORY
