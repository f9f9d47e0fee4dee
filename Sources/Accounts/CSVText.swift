/// Comma-separated values, as all tables of this program have them (RFC 4180).
package enum CSVText {
  /// A field as it stands in a row: in quotes if it holds a comma, a quote or an end of line.
  package static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// A row, and the line that it begins in, from 1.
  package typealias Row = (line: Int, fields: [String])

  /// The rows of a text, empty lines left out; ends of lines as on any system, a byte order mark passed over.
  ///
  /// - Returns: the rows, and whether the last one ends within quotes.
  package static func rows(_ text: some StringProtocol) -> (rows: [Row], isOpen: Bool) {
    var rows: [Row] = []
    var (field, fields, line, first) = ("", [String](), 1, 1)
    var (isQuoted, wasQuoted, before) = (false, false, Unicode.Scalar(0))
    func isBlank() -> Bool { fields.isEmpty && field.isEmpty && !wasQuoted }
    func end() {
      if !isBlank() { rows.append((first, fields + [field])) }
      (field, fields, wasQuoted) = ("", [], false)
    }
    for scalar in text.unicodeScalars {
      defer { before = scalar }
      if scalar == "\n" || scalar == "\r" {
        // The two of them are one end.
        if scalar == "\n", before == "\r" {
          if isQuoted { field.unicodeScalars.append(scalar) }
          continue
        }
        line += 1
        if isQuoted {
          field.unicodeScalars.append(scalar)
        } else {
          end()
          first = line
        }
      } else if scalar == "\"" {
        if isQuoted {
          isQuoted = false
        } else if before == "\"", wasQuoted {
          // Two in a row are one.
          field.unicodeScalars.append(scalar)
          isQuoted = true
        } else if field.isEmpty, !wasQuoted {
          (isQuoted, wasQuoted) = (true, true)
        } else {
          field.unicodeScalars.append(scalar)
        }
      } else if scalar == ",", !isQuoted {
        fields.append(field)
        (field, wasQuoted) = ("", false)
      } else if scalar == "\u{FEFF}", rows.isEmpty, isBlank() {
        continue
      } else {
        field.unicodeScalars.append(scalar)
      }
    }
    end()
    return (rows, isQuoted)
  }

  /// The fields of a line; nil where a quotation mark is not closed.
  package static func fields(_ line: some StringProtocol) -> [String]? {
    let (rows, isOpen) = rows(line)
    return isOpen ? nil : rows.first?.fields ?? [""]
  }
}
