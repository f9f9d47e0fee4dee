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

  /// From the first to the last of the ones in a part of a row; nil where there is none.
  @inline(__always)
  static func ends(in row: UnsafePointer<UInt8>, _ part: Range<Int>) -> Range<Int>? {
    let raw = UnsafeRawPointer(row)
    var (first, last) = (part.lowerBound, part.upperBound)
    while first + 64 <= last {
      let words = raw.loadUnaligned(fromByteOffset: first, as: SIMD8<UInt64>.self)
      let half = words.lowHalf | words.highHalf
      guard half.lowHalf | half.highHalf == .zero else { break }
      first += 64
    }
    while first + 8 <= last, raw.loadUnaligned(fromByteOffset: first, as: UInt64.self) == 0 {
      first += 8
    }
    while first < last, row[first] == 0 { first += 1 }
    guard first < last else { return nil }
    while last - 8 >= first, raw.loadUnaligned(fromByteOffset: last - 8, as: UInt64.self) == 0 {
      last -= 8
    }
    while row[last - 1] == 0 { last -= 1 }
    return first..<last
  }
}
