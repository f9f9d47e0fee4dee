import Files

/// Bytes as two hexadecimal digits each, most significant first.
///
/// *Source*: NRRD specification, section 5, "encoding".
struct HexCodec: Codec {
  /// Reads two digits in any case for each byte; blanks and line ends may stand between them. What
  /// follows the last wanted digit is ignored, as teem does.
  ///
  /// - Parameter skip: stored (not decoded) bytes before the first digit.
  func decode(
    _ section: FileSection, skip: Int, into target: UnsafeMutableRawBufferPointer,
    by transfer: Transfer
  ) throws -> DecodedTail {
    var section = section
    section.start += min(section.count, skip)
    var bytes = ByteStream(section)
    func nextDigit(_ done: Int) throws -> UInt8 {
      while let byte = try bytes.next() {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): return byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): return byte - UInt8(ascii: "A") + 10
        case 0x20, 0x09...0x0d: continue
        default:
          throw CodecFailure.corrupt(
            offset: bytes.offset - 1, reason: "byte \(byte) where a hexadecimal digit belongs")
        }
      }
      throw CodecFailure.tooShort(decoded: done)
    }
    for i in 0..<target.count {
      let high = try nextDigit(i)
      target[i] = try high << 4 | nextDigit(i)
    }
    return .none
  }

  func decodedByteCount(_ section: FileSection, limit: Int) throws -> Int {
    preconditionFailure("hexadecimal digits are not counted from their end")
  }

  func encode(
    _ source: EncodableBytes, level: Int, by transfer: Transfer,
    to put: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let digits = Array("0123456789abcdef".utf8)
    // 40 bytes a line, as teem writes them.
    let perLine = 40
    var text: [UInt8] = []
    var column = 0
    try source.forEachChunk(of: 1 << 16) { chunk in
      text.removeAll(keepingCapacity: true)
      for byte in chunk {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
        column += 1
        if column == perLine {
          text.append(UInt8(ascii: "\n"))
          column = 0
        }
      }
      try text.withUnsafeBytes(put)
    }
    if column > 0 { try [UInt8(ascii: "\n")].withUnsafeBytes(put) }
  }
}
