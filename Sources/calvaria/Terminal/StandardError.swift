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

  static func writeLine(_ line: String) { write(line + "\n") }

  /// A text as one line that cannot steer a terminal: control characters, which names of files and
  /// stages may hold, become spaces.
  static func line(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      line.append(scalar.value < 32 || scalar.value == 127 ? " " : scalar)
    }
    return String(line)
  }

  /// Writes a warning; a file that it begins with is not named twice.
  static func warn(_ text: String, of file: String) {
    let text = text.hasPrefix(file) ? text : "\(file): \(text)"
    writeLine("calvaria: warning: \(line(text))")
  }
}
