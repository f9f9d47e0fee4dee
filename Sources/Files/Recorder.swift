import Glibc

/// A file of lines that only grows, each line written at once: after a kill the last one may be cut,
/// never another.
///
/// What is recorded can be made again, so it is not synced: a loss of power costs work, not truth.
package final class Recorder: Sendable {
  private let descriptor: Int32

  /// Opens the file, or makes it; nil where that cannot be.
  package init?(appendingTo path: String) {
    descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return nil }
    // Behind a line that was cut, the next must begin on its own.
    let size = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0
    if size > 0, pread(descriptor, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") {
      append("")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Puts what was appended where processes on other machines see it.
  package func sync() { _ = fsync(descriptor) }

  /// Appends a line.
  ///
  /// - Returns: whether it was written.
  @discardableResult
  package func append(_ line: String) -> Bool {
    var text = line + "\n"
    return text.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = write(descriptor, rest.base.baseAddress! + rest.startIndex, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return false }
        rest = rest[(rest.startIndex + written)...]
      }
      return true
    }
  }
}
