import Glibc

/// The folder that inputs lie in, and the files of its own that headers may name; below `TMPDIR`, which
/// `scripts/fuzz` puts into memory and empties afterwards.
enum ScratchFolder {
  nonisolated(unsafe) private static var folder = ""

  /// Makes the folder.
  static func prepare(for target: FuzzTarget) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    folder = "\(parent)/calvaria-fuzz-\(getpid())"
    mkdir(folder, 0o700)
    // Voxels for headers that name other files: as bytes, as numbers in text, as hexadecimal digits.
    let few = "1 2 3 4 5 6 7 8\n9 10 11 12\n\n0a0b0c0d0e0f\n"
    let text = Array((target == .nifti ? String(repeating: few, count: 50) : few).utf8)
    for name in target.otherFiles { text.withUnsafeBytes { write($0, to: name) } }
  }

  /// The path of a file in it.
  static func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Creates or replaces a file in it.
  static func write(_ bytes: UnsafeRawBufferPointer, to name: String) {
    let file = open(path(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(file >= 0, "\(path(name)) cannot be written")
    var done = 0
    while done < bytes.count {
      let written = put(file, bytes.baseAddress! + done, bytes.count - done)
      precondition(written > 0, "\(path(name)) cannot be written")
      done += written
    }
    close(file)
  }

  /// Deletes a file in it, so that no input meets what another one left.
  static func remove(_ name: String) { unlink(path(name)) }
}

/// The system's `write`, which has the name of ours.
private func put(_ file: CInt, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(file, bytes, count)
}
