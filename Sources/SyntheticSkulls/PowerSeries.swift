/// Exponential, sine and cosine by their power series.
///
/// Those of C libraries differ in their last bits from version to version; then a population would
/// differ by a voxel here and there. Right to 1e-14 for |x| ≤ π.
enum PowerSeries {
  static func exp(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for n in 1...30 {
      term *= x / Double(n)
      sum += term
    }
    return sum
  }

  /// bᵗ for 0 < b ≤ 100 and 0 ≤ t ≤ 1.
  static func power(_ base: Double, _ t: Double) -> Double { exp(t * logarithm(base)) }

  /// The natural logarithm, by Newton's steps.
  private static func logarithm(_ value: Double) -> Double {
    var result = 1.0
    for _ in 0..<60 { result += 2 * (value - exp(result)) / (value + exp(result)) }
    return result
  }

  static func cosine(_ x: Double) -> Double { alternating(x, first: 1, from: 0) }

  static func sine(_ x: Double) -> Double { alternating(x, first: x, from: 1) }

  private static func alternating(_ x: Double, first: Double, from start: Int) -> Double {
    var (sum, term) = (first, first)
    for n in 1...15 {
      term *= -x * x / Double((2 * n + start) * (2 * n + start - 1))
      sum += term
    }
    return sum
  }
}
