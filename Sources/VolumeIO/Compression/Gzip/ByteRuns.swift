/// The runs of equal bytes in a chunk: what a mask is made of.
///
/// All that is made of them, tokens and checksum, looks at the runs alone, so that the chunk's bytes
/// are read once.
final class ByteRuns {
  /// Bytes a run must have on average, else the chunk is not for this method.
  private static let bytesPerRun = 16
  /// So many more are allowed, for a chunk may begin with what is dense.
  private static let granted = 1000
  /// Keys behind the last that may be read.
  static let guardCount = 16
  /// Bytes of the largest chunk: places have 24 bits.
  static let largestChunk = 1 << 24 - 2 * guardCount

  /// Where each run begins, and in the lowest byte what it is of. The first begins at 0; behind the
  /// last follow ``guardCount`` that begin where the chunk ends or beyond.
  let keys: UnsafeMutableBufferPointer<UInt32>
  /// Runs, at least 1.
  private(set) var count = 0
  /// Bytes of the chunk.
  private(set) var byteCount = 0

  /// - Parameter capacity: bytes of the largest chunk.
  init(capacity: Int) {
    precondition(capacity <= Self.largestChunk, "places must fit 24 bits")
    // Those of 64 bytes are found before they are counted, and those at the end are not.
    keys = .allocate(
      capacity: capacity / Self.bytesPerRun + Self.granted + 128 + Self.guardCount)
  }

  deinit { keys.deallocate() }

  /// The key of a run.
  @inline(__always)
  private static func key(_ place: Int, _ byte: UInt8) -> UInt32 {
    UInt32(truncatingIfNeeded: place) << 8 | UInt32(byte)
  }

  /// Finds the runs of a chunk, which is not empty; false where they are too many.
  func find(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let (start, end) = (bytes.baseAddress!, bytes.count)
    let keys = keys.baseAddress!
    keys[0] = Self.key(0, bytes[0])
    var (count, at) = (1, 1)
    while at + 64 <= end {
      let here = start + at
      @inline(__always) func change(_ offset: Int) -> UInt64 {
        here.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          ^ here.loadUnaligned(fromByteOffset: offset - 1, as: UInt64.self)
      }
      let (a, b, c, d) = (change(0), change(8), change(16), change(24))
      let (e, f, g, h) = (change(32), change(40), change(48), change(56))
      if (a | b | c | d) | (e | f | g | h) != 0 {
        guard count < at / Self.bytesPerRun + Self.granted else { return false }
        let low = Self.flags(a) | Self.flags(b) << 8 | Self.flags(c) << 16 | Self.flags(d) << 24
        let high = Self.flags(e) | Self.flags(f) << 8 | Self.flags(g) << 16 | Self.flags(h) << 24
        var places = low | high << 32
        @inline(__always) func put() {
          // Where there is none, any byte that may be read.
          let place = at &+ places.trailingZeroBitCount & 63
          keys[count] = Self.key(place, start.load(fromByteOffset: place, as: UInt8.self))
          count &+= places != 0 ? 1 : 0
          places &= places &- 1
        }
        // Often a wall's two sides: without a branch that goes another way each time.
        put()
        put()
        while places != 0 { put() }
      }
      at &+= 64
    }
    while at < end {
      if bytes[at] != bytes[at - 1] {
        keys[count] = Self.key(at, bytes[at])
        count += 1
      }
      at += 1
    }
    for beyond in 0..<Self.guardCount { keys[count + beyond] = Self.key(end + beyond, 0) }
    (self.count, byteCount) = (count, end)
    return true
  }

  /// Eight bits, the lowest for the first byte in memory: whether the word's bytes are not 0.
  @inline(__always)
  private static func flags(_ word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    let word = UInt64(littleEndian: word)
    let tops = ((word & low) &+ low | word) & ~low
    return ((tops >> 7) &* 0x0102_0408_1020_4080) >> 56
  }
}
