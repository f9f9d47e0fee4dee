/// Makes one bzip2 stream of several, each of one block of the largest size.
///
/// Blocks follow one another bit by bit: `BZh9`, the blocks, and at the end a mark, 48 bits, and the
/// checksum of the blocks' checksums, 32 bits, then zeros up to the byte's border.
///
/// *Source*: the layout as bzip2 1.0.8 reads it.
struct BZip2Joiner {
  private static let endMark: UInt64 = 0x1772_4538_5090
  /// Bits of the last byte that is not full, highest first.
  private var pending: UInt8 = 0
  private var pendingCount = 0
  private var checksum: UInt32 = 0
  private var hasBegun = false

  /// What a stream of one block adds.
  mutating func append(_ stream: [UInt8]) -> [UInt8] {
    var result = begin()
    result.reserveCapacity(stream.count + 8)
    let block = Self.word(stream, bit: 80, width: 32)
    // The mark and the checksum of a single block end the stream, up to 7 bits before the last one.
    let end = (0..<8).lazy.map { stream.count * 8 - 80 - $0 }.first {
      Self.word(stream, bit: $0, width: 48) == Self.endMark
        && Self.word(stream, bit: $0 + 48, width: 32) == block
    }
    guard let end else { preconditionFailure("bzip2 made more than one block") }
    checksum = (checksum << 1 | checksum >> 31) ^ UInt32(block)
    let whole = end / 8
    for byte in stream[4..<whole] {
      result.append(pending | byte >> pendingCount)
      pending = pendingCount == 0 ? 0 : byte << (8 - pendingCount)
    }
    put(UInt64(stream[whole] >> (8 - end % 8)), end % 8, &result)
    return result
  }

  mutating func finish() -> [UInt8] {
    var result = begin()
    put(Self.endMark, 48, &result)
    put(UInt64(checksum), 32, &result)
    if pendingCount > 0 { result.append(pending) }
    return result
  }

  private mutating func begin() -> [UInt8] {
    defer { hasBegun = true }
    return hasBegun ? [] : Array("BZh9".utf8)
  }

  private mutating func put(_ value: UInt64, _ width: Int, _ result: inout [UInt8]) {
    for bit in (0..<width).reversed() {
      pending |= UInt8(value >> bit & 1) << (7 - pendingCount)
      pendingCount += 1
      if pendingCount == 8 {
        result.append(pending)
        (pending, pendingCount) = (0, 0)
      }
    }
  }

  private static func word(_ bytes: [UInt8], bit: Int, width: Int) -> UInt64 {
    guard bit >= 0 else { return 0 }
    return (bit..<bit + width).reduce(0) { word, bit in
      word << 1 | UInt64(bytes[bit / 8] >> (7 - bit % 8) & 1)
    }
  }
}
