/// Bits into memory, least significant first, as deflate wants them.
struct BitWriter {
  private let target: UnsafeMutableRawPointer
  private let capacity: Int
  private(set) var count = 0
  private var bits: UInt64 = 0
  private var bitCount: UInt64 = 0

  /// - Parameter target: room for what will be put, and 8 bytes more.
  init(_ target: UnsafeMutableRawBufferPointer) {
    self.target = target.baseAddress!
    capacity = target.count
  }

  /// Appends the `width` low bits of `value`, at most 56; higher ones must be 0.
  @inline(__always)
  mutating func put(_ value: UInt64, _ width: UInt64) {
    bits |= value << bitCount
    bitCount += width
    precondition(count + 8 <= capacity, "more bits than room was made for")
    target.storeBytes(of: bits.littleEndian, toByteOffset: count, as: UInt64.self)
    count += Int(bitCount >> 3)
    bits >>= bitCount & ~7
    bitCount &= 7
  }

  /// Goes on to the next byte's border.
  mutating func align() {
    if bitCount > 0 { put(0, 8 - bitCount) }
  }
}
