/// Eigenvalues and eigenvectors of a symmetric matrix.
///
/// *Source*: the cyclic Jacobi method; G. Golub, C. Van Loan, "Matrix Computations", section 8.5.
package struct SymmetricEigen {
  /// The eigenvalues, largest first.
  package let values: [Double]
  /// The eigenvectors in the same order, each of length 1, its component of largest magnitude
  /// positive.
  package let vectors: [[Double]]

  /// - Parameter matrix: n × n, row after row; only its symmetric part counts.
  /// - Complexity: O(n³) a sweep, some ten sweeps.
  package init(_ matrix: [Double], size n: Int) {
    precondition(matrix.count == n * n, "a matrix that is not square")
    var a = matrix
    for i in 0..<n {
      for j in 0..<i {
        let mean = (a[n * i + j] + a[n * j + i]) / 2
        (a[n * i + j], a[n * j + i]) = (mean, mean)
      }
    }
    var v = [Double](repeating: 0, count: n * n)
    for i in 0..<n { v[n * i + i] = 1 }
    for _ in 0..<60 {
      var off = 0.0
      var all = 0.0
      for i in 0..<n {
        for j in 0..<n {
          all += a[n * i + j] * a[n * i + j]
          if i != j { off += a[n * i + j] * a[n * i + j] }
        }
      }
      if off <= 1e-30 * all { break }
      for p in 0..<n {
        for q in p + 1..<max(p + 1, n) where a[n * p + q] != 0 {
          Self.rotate(&a, &v, n, p, q)
        }
      }
    }
    let order = (0..<n).sorted { (a[n * $0 + $0], $1) > (a[n * $1 + $1], $0) }
    values = order.map { a[n * $0 + $0] }
    vectors = order.map { column in
      let vector = (0..<n).map { v[n * $0 + column] }
      let largest = vector.max { abs($0) < abs($1) } ?? 0
      return largest < 0 ? vector.map { -$0 } : vector
    }
  }

  /// Makes element (p, q) zero by a rotation in the plane of p and q.
  private static func rotate(_ a: inout [Double], _ v: inout [Double], _ n: Int, _ p: Int, _ q: Int)
  {
    let theta = (a[n * q + q] - a[n * p + p]) / (2 * a[n * p + q])
    let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for k in 0..<n {
      let (x, y) = (a[n * k + p], a[n * k + q])
      a[n * k + p] = c * x - s * y
      a[n * k + q] = s * x + c * y
    }
    for k in 0..<n {
      let (x, y) = (a[n * p + k], a[n * q + k])
      a[n * p + k] = c * x - s * y
      a[n * q + k] = s * x + c * y
      let (u, w) = (v[n * k + p], v[n * k + q])
      v[n * k + p] = c * u - s * w
      v[n * k + q] = s * u + c * w
    }
  }
}
