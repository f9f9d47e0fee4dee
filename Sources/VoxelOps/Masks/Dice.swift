import Concurrency
public import Errors
public import Volumes

extension Mask {
  /// How far two masks agree: 2·|A ∩ B| / (|A| + |B|), from 0 to 1; nil where both are empty.
  ///
  /// *Shape*: both on the same grid. *Source*: L. R. Dice, Ecology 26 (1945).
  /// - Throws: `Diagnostic` with code `gridMismatch` where the grids differ by more than 1e-3 mm.
  /// - Complexity: one pass over both; no memory. The same at any `threads`.
  public func dice(with other: Mask, threads: Int = 1) throws(Diagnostic) -> Double? {
    try geometry.requireMatch(with: other.geometry)
    let sums = withBytes { a in
      other.withBytes { b in
        Slabs.map(a.count, threads: threads) { slab in
          overlap(a.baseAddress! + slab.lowerBound, b.baseAddress! + slab.lowerBound, slab.count)
        }
      }
    }
    let both = sums.reduce(0) { $0 + $1.both }
    let total = sums.reduce(0) { $0 + $1.total }
    return total == 0 ? nil : 2 * Double(both) / Double(total)
  }

  /// |A ∩ B| and |A| + |B| of bytes of 0 and 1.
  private func overlap(
    _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int
  ) -> (both: Int, total: Int) {
    let (rawA, rawB) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
    var (both, total, i) = (0, 0, 0)
    while i + 16 <= count {
      // a + b is at most 2, so 127 steps fit 8-bit lanes.
      let end = min(count - 15, i + 16 * 127)
      var (ands, sums) = (SIMD16<UInt8>(), SIMD16<UInt8>())
      while i < end {
        let x = rawA.loadUnaligned(fromByteOffset: i, as: SIMD16<UInt8>.self)
        let y = rawB.loadUnaligned(fromByteOffset: i, as: SIMD16<UInt8>.self)
        ands &+= x & y
        sums &+= x &+ y
        i += 16
      }
      both += Int(SIMD16<UInt16>(truncatingIfNeeded: ands).wrappedSum())
      total += Int(SIMD16<UInt16>(truncatingIfNeeded: sums).wrappedSum())
    }
    while i < count {
      both += Int(a[i] & b[i])
      total += Int(a[i] + b[i])
      i += 1
    }
    return (both, total)
  }
}
