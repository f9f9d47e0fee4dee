import Glibc

/// Writes to standard error, without a buffer.
enum StandardError {
  /// Whether it is a terminal.
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

  /// A text as one line that cannot control a terminal: control characters, which file names may hold, become
  /// spaces.
  static func line(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      line.append(scalar.value < 32 || scalar.value == 127 ? " " : scalar)
    }
    return String(line)
  }

  /// Writes a warning about a file; if the warning already starts with the file, it is not named twice.
  static func warn(_ text: String, of file: String) {
    let text = text.hasPrefix(file) ? text : "\(file): \(text)"
    writeLine("calvaria: warning: \(line(text))")
  }
}
