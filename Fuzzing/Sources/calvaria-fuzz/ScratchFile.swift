#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The file that holds the bytes of a run, in a folder of this process's own in memory where the system
/// has such a place.
enum ScratchFile {
  nonisolated(unsafe) private static var folder = ""
  /// The file.
  nonisolated(unsafe) private(set) static var path = ""

  /// Makes the folder.
  static func prepare(for target: FuzzTarget) {
    let memory = "/dev/shm"
    folder = "\(access(memory, W_OK) == 0 ? memory : "/tmp")/calvaria-fuzz-\(getpid())"
    mkdir(folder, 0o700)
    path = output(target.fileName ?? "case")
  }

  /// A file beside it.
  static func output(_ name: String) -> String { "\(folder)/\(name)" }

  /// Replaces the file's content.
  static func write(_ bytes: UnsafeRawBufferPointer) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(file >= 0, "\(path) cannot be written")
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      precondition(written > 0, "\(path) cannot be written")
      rest = rest.dropFirst(written)
    }
    close(file)
  }
}
