/// Weighted least squares of a linear model, its sums added row by row.
package struct LeastSquares: Sendable {
  /// The number of unknowns.
  package let count: Int
  private var triangle: [Double]
  private var right: [Double]

  package init(count: Int) {
    self.count = count
    triangle = Array(repeating: 0, count: count * (count + 1) / 2)
    right = Array(repeating: 0, count: count)
  }

  /// Adds an equation: Σ row · x = value.
  package mutating func add(_ row: [Double], value: Double, weight: Double) {
    var at = 0
    for i in 0..<count {
      let scaled = weight * row[i]
      right[i] += scaled * value
      for j in 0...i {
        triangle[at] += scaled * row[j]
        at += 1
      }
    }
  }

  /// x; nil where the equations do not determine it.
  ///
  /// - Parameter ridge: what is added to the diagonal, as a share of its largest number.
  package func solution(ridge: Double = 0) -> [Double]? {
    var system = triangle
    let diagonal = (0..<count).map { $0 * ($0 + 3) / 2 }
    let largest = diagonal.map { triangle[$0] }.max() ?? 0
    for i in diagonal { system[i] += ridge * largest }
    return SymmetricSystem(lowerTriangle: system, count: count)?.solve(right)
  }
}
