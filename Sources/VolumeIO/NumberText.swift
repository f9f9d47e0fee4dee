/// Numbers as headers write them, read without regard to any locale.
enum NumberText {
  /// A double, `nan` and `inf` in any case included.
  ///
  /// Hexadecimal floats and underscores, which no format of this module has, are refused.
  static func double(_ text: some StringProtocol) -> Double? {
    var text = text[...]
    if text.utf8.first == UInt8(ascii: "+") { text = text.dropFirst() }
    guard let first = text.utf8.first, first != UInt8(ascii: "+") else { return nil }
    let plain = text.utf8.allSatisfy {
      ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2e || $0 == 0x2d || $0 == 0x2b || $0 | 0x20 == 0x65
    }
    if !plain {
      switch text.lowercased() {
      case "nan", "-nan": return .nan
      case "inf", "infinity": return .infinity
      case "-inf", "-infinity": return -.infinity
      default: return nil
      }
    }
    return Double(String(text))
  }

  /// A whole number that fits `Int`, with an optional sign.
  static func integer(_ text: some StringProtocol) -> Int? { Int(String(text)) }

  /// The shortest text that reads back as the same double; `nan`, `inf`, `-inf` as NRRD writes them.
  static func shortest(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
