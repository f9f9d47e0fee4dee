import Glibc

/// Writing to standard error at once, without a buffer.
enum StandardError {
  /// Whether a person reads it.
  static let isTerminal = isatty(STDERR_FILENO) == 1

  /// Writes a text as it is.
  static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = Glibc.write(
          STDERR_FILENO, rest.base.baseAddress! + rest.startIndex, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return }
        rest = rest[(rest.startIndex + written)...]
      }
    }
  }

  /// Writes a line.
  static func writeLine(_ line: String) { write(line + "\n") }
}
