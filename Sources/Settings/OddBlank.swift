import Errors

/// A character that looks like a space and is none to YAML: a TAB in the indentation, a no-break space of a word
/// processor or a web page.
struct OddBlank {
  let place: Place
  /// What it is, such as `a TAB`.
  let name: String
  let isIndentation: Bool
  /// Whether it stands where only a space can: in the indentation, or behind a key's colon.
  let separates: Bool

  /// The first that separates, else the first in the text; nil where there is none.
  ///
  /// Comments and quotes are passed over.
  init?(in text: String) {
    var first: OddBlank?
    var line = 0
    for row in text.split(separator: "\n", omittingEmptySubsequences: false) {
      line += 1
      var (column, isIndentation) = (0, true)
      var (quote, before): (Unicode.Scalar?, Unicode.Scalar) = (nil, " ")
      for scalar in row.unicodeScalars {
        column += 1
        defer { before = scalar }
        if let open = quote {
          if scalar == open { quote = nil }
          continue
        }
        if scalar == "#", before == " " || column == 1 { break }
        let name = Self.name(of: scalar)
        if let name, name != "a TAB" || isIndentation {
          let found = OddBlank(
            place: Place(line: line, column: column), name: name, isIndentation: isIndentation,
            separates: name != "a TAB" && (isIndentation || before == ":"))
          if found.separates {
            self = found
            return
          }
          first = first ?? found
        } else if name == nil, scalar != " " {
          if scalar == "\"" || scalar == "'",
            isIndentation || " :[{,".unicodeScalars.contains(before)
          {
            quote = scalar
          }
          isIndentation = false
        }
      }
    }
    guard let first else { return nil }
    self = first
  }

  private init(place: Place, name: String, isIndentation: Bool, separates: Bool) {
    (self.place, self.name) = (place, name)
    (self.isIndentation, self.separates) = (isIndentation, separates)
  }

  private static func name(of scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x09: "a TAB"
    case 0xA0, 0x202F: "a no-break space (U+\(String(scalar.value, radix: 16, uppercase: true)))"
    case 0x2000...0x200B, 0x205F, 0x3000, 0xFEFF:
      "a space of a word processor (U+\(String(scalar.value, radix: 16, uppercase: true)))"
    default: nil
    }
  }
}
