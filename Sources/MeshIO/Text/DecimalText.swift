import Glibc

/// Numbers in text: decimal digits with a sign, a point and an exponent. Neither infinities nor
/// hexadecimal digits, which the C library would take.
enum DecimalText {
  /// A number; nil where the bytes are not exactly one, or it is beyond the largest double.
  static func double(_ bytes: UnsafeRawBufferPointer) -> Double? {
    var place = 0
    let count = bytes.count
    let isNegative = place < count && bytes[place] == UInt8(ascii: "-")
    if isNegative || (place < count && bytes[place] == UInt8(ascii: "+")) { place += 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    var isExact = true
    var point = false
    while place < count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "."), !point {
        point = true
      } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        digits += 1
        if mantissa < 900_719_925_474_099 {
          mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0"))
          if point { exponent -= 1 }
        } else {
          isExact = false
        }
      } else {
        break
      }
      place += 1
    }
    guard digits > 0 else { return nil }
    if place < count, bytes[place] | 0x20 == UInt8(ascii: "e") {
      guard let stated = integer(UnsafeRawBufferPointer(rebasing: bytes[(place + 1)...])) else {
        return nil
      }
      // Beyond ±400 every number is 0 or infinite.
      exponent += max(-10_000, min(10_000, stated))
      place = count
    }
    guard place == count else { return nil }
    guard isExact, exponent >= -22, exponent <= 22 else { return slowly(bytes) }
    // Both are exact as doubles, so the one operation rounds correctly.
    let value =
      exponent < 0 ? Double(mantissa) / powers[-exponent] : Double(mantissa) * powers[exponent]
    return isNegative ? -value : value
  }

  /// A finite number as the nearest float; nil as for ``double(_:)``.
  static func float(_ bytes: UnsafeRawBufferPointer) -> Float? {
    guard let value = double(bytes) else { return nil }
    // Rounded twice, a number next to the middle of two floats could end at the wrong one.
    let tail = value.bitPattern & 0x1fff_ffff
    if tail >= 0x0fff_fffe, tail <= 0x1000_0002, bytes.count < 64 {
      return terminated(bytes) { strtof($0, nil) }.flatMap { $0.isFinite ? $0 : nil }
    }
    let single = Float(value)
    return single.isFinite ? single : nil
  }

  /// A whole number; nil where the bytes are not exactly one that fits.
  static func integer(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var place = 0
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { place = 1 }
    guard place < bytes.count, bytes.count - place <= 18 else { return nil }
    var value = 0
    while place < bytes.count {
      let digit = Int(bytes[place]) - Int(UInt8(ascii: "0"))
      guard digit >= 0, digit <= 9 else { return nil }
      value = value * 10 + digit
      place += 1
    }
    return isNegative ? -value : value
  }

  /// What the C library makes of digits that are known to be a number; nil where they are more than 400.
  private static func slowly(_ bytes: UnsafeRawBufferPointer) -> Double? {
    terminated(bytes) { strtod($0, nil) }.flatMap { $0.isFinite ? $0 : nil }
  }

  private static func terminated<Result>(
    _ bytes: UnsafeRawBufferPointer, _ body: (UnsafePointer<CChar>) -> Result
  ) -> Result? {
    guard bytes.count <= 400 else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { text in
      for i in 0..<bytes.count { text[i] = CChar(bitPattern: bytes[i]) }
      text[bytes.count] = 0
      return body(UnsafePointer(text.baseAddress!))
    }
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
