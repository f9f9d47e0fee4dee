/// A sum of doubles without rounding, as parts that do not overlap, the smallest first.
///
/// *Source*: Shewchuk, Adaptive precision floating-point arithmetic and fast robust geometric predicates,
/// 1997, grow-expansion with zero elimination.
struct ExactSum {
  private let parts: UnsafeMutableBufferPointer<Double>
  private var count = 0

  /// The sign of what `body` adds up, of at most 64 numbers.
  static func sign(_ body: (inout ExactSum) -> Void) -> Int {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 64) { parts in
      var sum = ExactSum(parts: parts)
      body(&sum)
      guard sum.count > 0 else { return 0 }
      return parts[sum.count - 1] > 0 ? 1 : -1
    }
  }

  private init(parts: UnsafeMutableBufferPointer<Double>) { self.parts = parts }

  mutating func add(_ number: Double) {
    var carry = number
    var kept = 0
    for i in 0..<count {
      let part = parts[i]
      let sum = carry + part
      let virtual = sum - carry
      let rest = (carry - (sum - virtual)) + (part - virtual)
      if rest != 0 {
        parts[kept] = rest
        kept += 1
      }
      carry = sum
    }
    if carry != 0 {
      parts[kept] = carry
      kept += 1
    }
    count = kept
  }

  /// Adds the product of two numbers, of which the first is that of two floats.
  mutating func add(_ a: Double, times b: Double) {
    let product = a * b
    add((-product).addingProduct(a, b))
    add(product)
  }
}
