/// Finds the runs of ones in a row of a mask, eight voxels at a time.
enum RowRuns {
  /// Calls `body` with the start and the end (half open) of each maximal run of ones, in order.
  ///
  /// The bytes of a word are compared with those one place before: what differs is where a run
  /// starts or ends. Empty stretches cost one test for 32 voxels.
  @inline(__always)
  static func forEach(
    in row: UnsafePointer<UInt8>, count: Int, _ body: (_ start: Int, _ end: Int) -> Void
  ) {
    let raw = UnsafeRawPointer(row)
    var x = 0
    var before: UInt64 = 0
    var start = -1
    // `<=`: the empty word past the end closes a run that reaches the end.
    while x <= count {
      var word: UInt64 = 0
      if x + 32 <= count, before == 0 {
        let words = raw.loadUnaligned(fromByteOffset: x, as: SIMD4<UInt64>.self)
        if (words.lowHalf | words.highHalf) == .zero {
          x += 32
          continue
        }
        word = UInt64(littleEndian: words[0])
      } else if x + 8 <= count {
        word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: x, as: UInt64.self))
      } else {
        for i in x..<count { word |= UInt64(row[i]) << UInt64(8 * (i - x)) }
      }
      var edges = word ^ (word << 8 | before)
      before = word >> 56
      while edges != 0 {
        let at = x + edges.trailingZeroBitCount >> 3
        edges &= edges &- 1
        if start < 0 {
          start = at
        } else {
          body(start, at)
          start = -1
        }
      }
      x += 8
    }
  }
}
