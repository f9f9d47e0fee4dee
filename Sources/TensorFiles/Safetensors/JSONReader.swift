import Errors

/// Reads the JSON (RFC 8259) of a header value by value, as its reader expects it.
///
/// Strict: names may not repeat, texts are UTF-8 with paired surrogates, numbers are whole and
/// without sign. Nothing is skipped and nothing nests further than its caller asks, so it needs no
/// limit of depth. Names that Unicode holds for equal count as repeated, as they would in a
/// dictionary of Swift.
struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  private let source: ByteSource

  init(_ bytes: [UInt8], of source: ByteSource) { (self.bytes, self.source) = (bytes, source) }

  /// An object, each of whose values `member` reads.
  mutating func object(
    _ what: String,
    _ member: (inout JSONReader, String) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try expect("{", in: what)
    var names: Set<String> = []
    if take("}") { return }
    repeat {
      let name = try string("a name in \(what)")
      guard names.insert(name).inserted else {
        throw source.error(
          .duplicateName, "\(what), \(quoted(name))", expected: "every name once",
          found: "it twice", remedy: "save the file again")
      }
      try expect(":", in: what)
      try member(&self, name)
    } while take(",")
    try expect("}", in: what)
  }

  /// An array of whole numbers.
  mutating func wholeNumbers(_ what: String, atMost limit: Int) throws(Diagnostic) -> [Int] {
    try expect("[", in: what)
    var numbers: [Int] = []
    if take("]") { return numbers }
    repeat {
      guard numbers.count < limit else {
        throw source.error(
          .tooLarge, what, expected: "at most \(limit) numbers", found: "more",
          remedy: "save the file again")
      }
      numbers.append(try wholeNumber(what))
    } while take(",")
    try expect("]", in: what)
    return numbers
  }

  /// A whole number from 0.
  mutating func wholeNumber(_ what: String) throws(Diagnostic) -> Int {
    skipSpace()
    let start = position
    var number = 0
    while let digit = current, (0x30...0x39).contains(digit) {
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(digit - 0x30))
      guard !overflow, !carry else {
        throw source.error(
          .tooLarge, what, expected: "a number below 2^63", found: "a larger one",
          remedy: "save the file again")
      }
      number = sum
      position += 1
    }
    let leadingZero = position - start > 1 && bytes[start] == 0x30
    // A fraction, an exponent or a letter after the digits is caught here, where it stands.
    let ends = current.map { !Self.continuesNumber($0) } ?? true
    guard position > start, !leadingZero, ends else {
      throw unexpected("a whole number from 0", in: what)
    }
    return number
  }

  mutating func string(_ what: String) throws(Diagnostic) -> String {
    try expect("\"", in: what)
    var text: [UInt8] = []
    while true {
      guard let byte = current, byte >= 0x20 else {
        throw unexpected("the end of a text", in: what)
      }
      position += 1
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        text.append(contentsOf: String(try escape(what)).utf8)
      } else {
        text.append(byte)
      }
    }
    guard let string = String(validating: text, as: UTF8.self) else {
      throw source.error(
        .malformed, what, expected: "a text in UTF-8", found: "other bytes",
        remedy: "save the file again")
    }
    return string
  }

  /// The end of the JSON; only spaces may follow.
  mutating func end(_ what: String) throws(Diagnostic) {
    skipSpace()
    guard position == bytes.count else { throw unexpected("nothing more", in: what) }
  }

  private mutating func escape(_ what: String) throws(Diagnostic) -> Unicode.Scalar {
    guard let byte = current else { throw unexpected("an escape", in: what) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try fourDigits(what)
      if let scalar = Unicode.Scalar(first) { return scalar }
      if first < 0xdc00, take(exactly: "\\"), take(exactly: "u") {
        let second = try fourDigits(what)
        if (0xdc00...0xdfff).contains(second),
          let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        {
          return scalar
        }
      }
      throw unexpected("a pair of surrogates", in: what)
    default:
      position -= 1
      throw unexpected("an escape of JSON", in: what)
    }
  }

  private mutating func fourDigits(_ what: String) throws(Diagnostic) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("four hexadecimal digits", in: what)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private static func continuesNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0a, 0x0d, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): false
    default: true
    }
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
      position += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return take(exactly: character)
  }

  private mutating func take(exactly character: Unicode.Scalar) -> Bool {
    guard let byte = current, byte == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, in what: String)
    throws(Diagnostic)
  {
    guard take(character) else { throw unexpected("'\(character)'", in: what) }
  }

  private func unexpected(_ expected: String, in what: String) -> Diagnostic {
    let found =
      current.map { (0x21...0x7e).contains($0) ? "'\(Unicode.Scalar($0))'" : "the byte \($0)" }
      ?? "the end of the header"
    return source.error(
      .malformed, what, expected: "\(expected) at byte \(position) of the header", found: found,
      remedy: "save the file again")
  }
}
