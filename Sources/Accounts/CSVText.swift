/// Lines of comma-separated values, as all tables of this program have them.
package enum CSVText {
  /// A field as it stands in a line: in quotes if it holds a comma or a quote. An end of line becomes a space, because a line
  /// is a row here.
  package static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    let line = text.map { $0.isNewline ? " " : $0 }
    return "\"" + String(line).replacing("\"", with: "\"\"") + "\""
  }

  /// The fields of a line; nil where a quotation mark is not closed.
  package static func fields(_ line: some StringProtocol) -> [String]? {
    var fields = [""]
    var isQuoted = false
    var rest = Substring(line)
    while let character = rest.popFirst() {
      if isQuoted {
        if character != "\"" {
          fields[fields.count - 1].append(character)
        } else if rest.first == "\"" {
          fields[fields.count - 1].append(rest.removeFirst())
        } else {
          isQuoted = false
        }
      } else if character == "," {
        fields.append("")
      } else if character == "\"", fields[fields.count - 1].isEmpty {
        isQuoted = true
      } else {
        fields[fields.count - 1].append(character)
      }
    }
    return isQuoted ? nil : fields
  }
}
