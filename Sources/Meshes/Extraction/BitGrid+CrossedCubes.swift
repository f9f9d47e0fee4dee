extension BitGrid {
  /// Calls `body` with i and the case of every cube of row (j, k) that the surface crosses, in order.
  ///
  /// - Parameter words: those of the grid.
  @inline(__always)
  func forEachCrossedCube(
    _ words: UnsafePointer<UInt64>, _ j: Int, _ k: Int, _ body: (Int, Int) -> Void
  ) {
    let a = words + (k * rows + j) * wordsPerRow
    let b = a + wordsPerRow
    let c = a + rows * wordsPerRow
    let d = c + wordsPerRow
    for word in 0..<wordsPerRow {
      let (a0, b0, c0, d0) = (a[word], b[word], c[word], d[word])
      let next = (a[word + 1] | b[word + 1] | c[word + 1] | d[word + 1]) & 1
      if a0 | b0 | c0 | d0 | next == 0 { continue }
      let a1 = a0 >> 1 | a[word + 1] << 63
      let b1 = b0 >> 1 | b[word + 1] << 63
      let c1 = c0 >> 1 | c[word + 1] << 63
      let d1 = d0 >> 1 | d[word + 1] << 63
      let some = a0 | b0 | c0 | d0 | a1 | b1 | c1 | d1
      let all = a0 & b0 & c0 & d0 & a1 & b1 & c1 & d1
      var crossed = some & ~all
      while crossed != 0 {
        let bit = UInt64(crossed.trailingZeroBitCount)
        crossed &= crossed &- 1
        let low = a0 >> bit & 1 | (a1 >> bit & 1) << 1 | (b0 >> bit & 1) << 2
        let middle = (b1 >> bit & 1) << 3 | (c0 >> bit & 1) << 4 | (c1 >> bit & 1) << 5
        let high = (d0 >> bit & 1) << 6 | (d1 >> bit & 1) << 7
        body(word << 6 + Int(bit), Int(low | middle | high))
      }
    }
  }
}
