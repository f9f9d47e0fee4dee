/// Finds the value of a rank without sorting.
enum RankSelection {
  /// The value at place `rank`, from 0, if `values` were sorted.
  ///
  /// The bits of floats that are not negative are ordered as the floats are, so counting their upper
  /// halves leaves one bin, and counting the lower halves in it the value.
  /// - Precondition: the rank is a place; no value is negative or no number.
  static func value(ofRank rank: Int, in values: [Float]) -> Float {
    precondition(values.indices.contains(rank), "a rank outside the values")
    func bin(_ rank: inout Int, _ place: (UInt32) -> Int?) -> UInt32 {
      var counts = [Int](repeating: 0, count: 1 << 16)
      for value in values {
        if let place = place(value.bitPattern) { counts[place] += 1 }
      }
      var bin = 0
      while rank >= counts[bin] {
        rank -= counts[bin]
        bin += 1
      }
      return UInt32(bin)
    }
    var left = rank
    let upper = bin(&left) { Int($0 >> 16) }
    let lower = bin(&left) { $0 >> 16 == upper ? Int($0 & 0xffff) : nil }
    return Float(bitPattern: upper << 16 | lower)
  }
}
