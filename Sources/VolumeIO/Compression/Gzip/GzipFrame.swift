import Errors

/// What gzip puts around deflate (RFC 1952).
enum GzipFrame {
  /// The header that is written: no name, no time, so that equal voxels make equal files; Unix.
  static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]

  /// The trailer: checksum and length of the decoded bytes.
  static func trailer(crc: UInt32, count: Int) -> [UInt8] {
    let words = [crc, UInt32(truncatingIfNeeded: count)]
    return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  private struct Flags: OptionSet {
    let rawValue: UInt8
    static let headerCRC = Flags(rawValue: 2)
    static let extra = Flags(rawValue: 4)
    static let name = Flags(rawValue: 8)
    static let comment = Flags(rawValue: 16)
    static let reserved = Flags(rawValue: 0xe0)
  }

  /// Passes over a member's header.
  ///
  /// - Throws: ``CodecFailure`` where it is cut off or no header.
  static func skipHeader(_ input: inout InputWindow) throws {
    let start = input.offset
    var crc: UInt32 = 0
    func next() throws -> UInt8 {
      guard let byte = try input.next() else {
        throw CodecFailure.truncated(offset: input.offset)
      }
      withUnsafeBytes(of: byte) { crc = Checksum.crc32($0, after: crc) }
      return byte
    }
    func corrupt(_ reason: String) -> CodecFailure { .corrupt(offset: start, reason: reason) }
    guard try next() == 0x1f, try next() == 0x8b else { throw corrupt("no gzip header") }
    guard try next() == 8 else { throw corrupt("a compression method other than deflate") }
    let flags = Flags(rawValue: try next())
    guard flags.isDisjoint(with: .reserved) else { throw corrupt("unknown gzip header flags") }
    for _ in 0..<6 { _ = try next() }
    if flags.contains(.extra) {
      let count = try Int(next()) | Int(next()) << 8
      for _ in 0..<count { _ = try next() }
    }
    if flags.contains(.name) { while try next() != 0 {} }
    if flags.contains(.comment) { while try next() != 0 {} }
    if flags.contains(.headerCRC) {
      let wanted = UInt16(truncatingIfNeeded: crc)
      let found = try UInt16(next()) | UInt16(next()) << 8
      guard found == wanted else { throw corrupt("a wrong checksum of the gzip header") }
    }
  }

  /// Passes over a member's trailer and holds it against what was decoded.
  static func checkTrailer(_ input: inout InputWindow, crc: UInt32, count: Int) throws {
    let start = input.offset
    func word() throws -> UInt32 {
      var word: UInt32 = 0
      for shift in 0..<4 {
        guard let byte = try input.next() else {
          throw CodecFailure.truncated(offset: input.offset)
        }
        word |= UInt32(byte) << (8 * shift)
      }
      return word
    }
    let (statedCRC, statedCount) = (try word(), try word())
    func hex(_ word: UInt32) -> String { String(word, radix: 16) }
    guard statedCRC == crc else {
      throw CodecFailure.corrupt(
        offset: start,
        reason: "a wrong checksum (CRC-32 \(hex(statedCRC)) for bytes of \(hex(crc)))")
    }
    guard statedCount == UInt32(truncatingIfNeeded: count) else {
      throw CodecFailure.corrupt(
        offset: start, reason: "a wrong length (ISIZE \(statedCount) for \(counted(count, "byte")))"
      )
    }
  }

  /// What follows a member.
  enum Sequel {
    case end
    case member
    /// Bytes that belong to no member.
    case garbage
  }

  /// Passes over padding of zeros, which tapes and block devices leave, as gzip(1) knows.
  static func sequel(_ input: inout InputWindow) throws -> Sequel {
    while let byte = try input.peek() {
      if byte == 0 {
        input.advance(1)
        continue
      }
      guard byte == 0x1f else { return .garbage }
      input.advance(1)
      let second = try input.peek()
      input.advance(-1)
      return second == 0x8b ? .member : .garbage
    }
    return .end
  }
}
