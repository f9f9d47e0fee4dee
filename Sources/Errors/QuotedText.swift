/// A piece of a file's text for an error message: quoted, at most 80 characters, those that control a
/// terminal written as `\u{1b}`.
package func quoted(_ text: String) -> String {
  var short = ""
  for scalar in text.unicodeScalars.prefix(80) {
    if scalar.value >= 0x20, !(0x7f...0x9f).contains(scalar.value) {
      short.unicodeScalars.append(scalar)
    } else {
      short += "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
  return "\"\(short)\(text.unicodeScalars.count > 80 ? "…" : "")\""
}
