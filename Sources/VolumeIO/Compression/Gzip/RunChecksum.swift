/// The CRC-32 of a chunk from its runs, in time that depends on their number.
///
/// Let B be the chunk as a polynomial, a byte a step of x⁸. Then B·(1 + x⁸) is the chunk plus itself a
/// byte later: 0 inside of runs, and at each border between two the sum of their bytes. Its remainder is
/// a sum over the borders, and 1 + x⁸ has an inverse. A border at distance n of the end weighs x⁸ⁿ: n's
/// low bits are looked up, one table for each bit of the byte, and what has equal high bits is gathered
/// before it is multiplied by them, Horner's way.
final class RunChecksum {
  /// Distances that are looked up; of a mask, one bit's table is used, which fits the first cache.
  private static let segment = 2048
  /// Bytes of the smallest chunk.
  static let smallestChunk = 8

  /// For each bit of a byte, its remainder at each distance.
  private static let weights: [UInt32] = (0..<8).flatMap { bit in
    sequence(first: CRCPolynomial(bits: 1 << UInt32(bit)).followed(byZeros: 1)) {
      $0.followed(byZeros: 1)
    }.prefix(segment).map(\.bits)
  }
  /// For each byte of a register, its remainder before a segment of zeros.
  private static let shifts: [UInt32] = (0..<4).flatMap { place in
    (0..<256).map {
      CRCPolynomial(bits: $0 << UInt32(8 * place)).followed(byZeros: segment).bits
    }
  }
  /// What divides by 1 + x⁸.
  private static let quotient = (CRCPolynomial.one + .one.followed(byZeros: 1)).inverse

  private let segments: UnsafeMutableBufferPointer<UInt32>

  /// - Parameter capacity: bytes of the largest chunk.
  init(capacity: Int) { segments = .allocate(capacity: capacity / Self.segment + 1) }

  deinit { segments.deallocate() }

  /// The checksum of a chunk of at least ``smallestChunk`` bytes.
  func crc32(_ runs: ByteRuns) -> UInt32 {
    Self.weights.withUnsafeBufferPointer { weights in
      gather(runs, weights.baseAddress!)
    }
    let state = Self.shifts.withUnsafeBufferPointer { fold(runs, $0) }
    return ~(CRCPolynomial(bits: state) * Self.quotient).bits
  }

  private func gather(_ runs: ByteRuns, _ weights: UnsafePointer<UInt32>) {
    let (keys, end) = (runs.keys.baseAddress!, runs.byteCount)
    segments.initialize(repeating: 0)
    let segments = segments.baseAddress!
    @inline(__always) func add(_ change: UInt8, _ distance: Int) {
      let (segment, place) = (distance / Self.segment, distance & (Self.segment - 1))
      var (rest, sum) = (change, UInt32(0))
      while rest != 0 {
        sum ^= weights[rest.trailingZeroBitCount &* Self.segment &+ place]
        rest &= rest &- 1
      }
      segments[segment] ^= sum
    }
    // The checksum is of the first four bytes' complements: they differ at the first and the fifth.
    add(0xff, end)
    add(0xff, end - 4)
    var before: UInt32 = 0
    for run in 0..<runs.count {
      let key = keys[run]
      add(UInt8(truncatingIfNeeded: key ^ before), end &- Int(key >> 8))
      before = key
    }
    // The last run ends, a byte after the chunk.
    add(UInt8(truncatingIfNeeded: before), 0)
  }

  private func fold(_ runs: ByteRuns, _ shifts: UnsafeBufferPointer<UInt32>) -> UInt32 {
    let shifts = shifts.baseAddress!
    var state: UInt32 = 0
    for segment in (0...(runs.byteCount / Self.segment)).reversed() {
      let (a, b) = (shifts[Int(state & 255)], shifts[256 + Int(state >> 8 & 255)])
      let (c, d) = (shifts[512 + Int(state >> 16 & 255)], shifts[768 + Int(state >> 24)])
      state = a ^ b ^ c ^ d ^ segments[segment]
    }
    return state
  }
}
