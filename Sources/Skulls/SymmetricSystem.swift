/// A symmetric positive definite matrix, factored once and solved for many right-hand sides.
///
/// *Memory order*: lower triangle by rows: (i, j) at i(i + 1)/2 + j for j ≤ i.
/// *Source*: Cholesky's method, row by row.
package struct SymmetricSystem: Sendable {
  /// The number of unknowns.
  package let count: Int
  // The factor L of A = L·Lᵀ.
  private let factor: [Double]

  /// Factors a matrix of which the lower triangle is given; nil where it is not positive definite.
  ///
  /// - Complexity: count³/6 multiplications, and the triangle's memory once more at most.
  /// - Precondition: there are count(count + 1)/2 numbers.
  package init?(lowerTriangle: consuming [Double], count n: Int) {
    precondition(lowerTriangle.count == n * (n + 1) / 2, "a triangle of another size")
    var a = lowerTriangle
    let isFactored = a.withUnsafeMutableBufferPointer { buffer -> Bool in
      let a = buffer.baseAddress!
      for i in 0..<n {
        let row = a + i * (i + 1) / 2
        for j in 0...i {
          let other = a + j * (j + 1) / 2
          let value = row[j] - Self.dot(row, other, j)
          if i == j {
            guard value > 0, value.isFinite else { return false }
            row[i] = value.squareRoot()
          } else {
            row[j] = value / other[j]
          }
        }
      }
      return true
    }
    guard isFactored else { return nil }
    count = n
    factor = a
  }

  /// x of A·x = b.
  package func solve(_ b: [Double]) -> [Double] {
    precondition(b.count == count, "a right-hand side of another size")
    var x = b
    factor.withUnsafeBufferPointer { buffer in
      let a = buffer.baseAddress!
      x.withUnsafeMutableBufferPointer { x in
        for i in 0..<count {
          let row = a + i * (i + 1) / 2
          x[i] = (x[i] - Self.dot(row, x.baseAddress!, i)) / row[i]
        }
        for i in (0..<count).reversed() {
          let row = a + i * (i + 1) / 2
          x[i] /= row[i]
          let value = x[i]
          for k in 0..<i { x[k] -= row[k] * value }
        }
      }
    }
    return x
  }

  /// y of L·y = b, the half of a solution: |y|² is bᵀ·A⁻¹·b.
  package func solveLower(_ b: [Double]) -> [Double] {
    precondition(b.count == count, "a right-hand side of another size")
    var y = b
    factor.withUnsafeBufferPointer { buffer in
      y.withUnsafeMutableBufferPointer { y in
        for i in 0..<count {
          let row = buffer.baseAddress! + i * (i + 1) / 2
          y[i] = (y[i] - Self.dot(row, y.baseAddress!, i)) / row[i]
        }
      }
    }
    return y
  }

  /// Σ a·b over the first `count` numbers, in eight sums that are added in one order.
  @inline(__always)
  private static func dot(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    var sums = SIMD8<Double>.zero
    var k = 0
    while k + 8 <= count {
      let (u, v) = (UnsafeRawPointer(a + k), UnsafeRawPointer(b + k))
      sums += u.loadUnaligned(as: SIMD8<Double>.self) * v.loadUnaligned(as: SIMD8<Double>.self)
      k += 8
    }
    var sum = sums.sum()
    while k < count {
      sum += a[k] * b[k]
      k += 1
    }
    return sum
  }
}
