/// gzip without compression, and its checksum.
enum GzipFrame {
  /// One member of stored blocks that holds `bytes`.
  static func stored(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var out: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
    var start = 0
    repeat {
      let end = min(start + 0xffff, bytes.count)
      let length = end - start
      out.append(end == bytes.count ? 1 : 0)
      out += [UInt8(length & 255), UInt8(length >> 8), ~UInt8(length & 255), ~UInt8(length >> 8)]
      out += bytes[start..<end]
      start = end
    } while start < bytes.count
    for word in [checksum(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
      out += (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    return out
  }

  /// CRC-32 as gzip and zip have it.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(($0 ^ UInt32($1)) & 255)] ^ $0 >> 8 }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { word, _ in word >> 1 ^ (word & 1 == 1 ? 0xedb8_8320 : 0) }
  }
}
