import Concurrency

/// A symmetric positive definite matrix, factored once and solved for many right-hand sides.
///
/// *Memory order*: lower triangle by rows: (i, j) at i(i + 1)/2 + j for j ≤ i.
/// *Source*: Cholesky's method by panels of columns: G. Golub, C. Van Loan, "Matrix Computations" (2013), 4.2.
package struct SymmetricSystem: Sendable {
  /// The number of unknowns.
  package let count: Int
  // The factor L of A = L·Lᵀ.
  private let factor: [Double]

  /// The columns that are worked on at a time.
  private static let panel = 64

  /// Factors a matrix of which the lower triangle is given; nil where it is not positive definite.
  ///
  /// - Complexity: count³/6 multiplications, and the triangle's memory once more at most. The same bytes at any
  ///   `threads`.
  /// - Precondition: there are count(count + 1)/2 numbers.
  package init?(lowerTriangle: consuming [Double], count n: Int, threads: Int = 1) {
    precondition(lowerTriangle.count == n * (n + 1) / 2, "a triangle of another size")
    var a = lowerTriangle
    let isFactored = a.withUnsafeMutableBufferPointer { buffer -> Bool in
      let rows = Rows(base: buffer.baseAddress!)
      for first in stride(from: 0, to: n, by: Self.panel) {
        let last = min(n, first + Self.panel)
        // What the columns before say of this panel, for all rows below; then the panel's own columns.
        let groups = (n - first + 3) / 4
        if first > 0 {
          Slabs.run(groups, threads: threads) { slab in
            for group in slab {
              let top = first + 4 * group
              rows.reduce(top..<min(n, top + 4), columns: first..<last)
            }
          }
        }
        guard rows.factor(first..<last) else { return false }
        Slabs.run(n - last, threads: n - last > Self.panel ? threads : 1) { slab in
          for i in slab { rows.solve(last + i, columns: first..<last) }
        }
      }
      return true
    }
    guard isFactored else { return nil }
    count = n
    factor = a
  }

  /// The rows of a triangle that is being factored.
  private struct Rows: @unchecked Sendable {
    // Invariant behind @unchecked: each row is written by one thread at a time, and those that are read meanwhile
    // are finished.
    let base: UnsafeMutablePointer<Double>

    @inline(__always)
    func callAsFunction(_ i: Int) -> UnsafeMutablePointer<Double> { base + i * (i + 1) / 2 }

    /// Takes the columns before `columns` out of up to four rows.
    func reduce(_ four: Range<Int>, columns: Range<Int>) {
      let known = columns.lowerBound
      var j = known
      if four.count == 4 {
        let (a, b, c, d) = (
          self(four.lowerBound), self(four.lowerBound + 1), self(four.lowerBound + 2),
          self(four.lowerBound + 3)
        )
        while j + 1 < min(columns.upperBound, four.lowerBound + 1) {
          let (u, v) = (self(j), self(j + 1))
          var (au, av, bu, bv) = (
            SIMD2<Double>.zero, SIMD2<Double>.zero, SIMD2<Double>.zero, SIMD2<Double>.zero
          )
          var (cu, cv, du, dv) = (au, av, bu, bv)
          var k = 0
          // `known` is a multiple of the panel's width.
          while k < known {
            let (x, y) = (Self.two(u + k), Self.two(v + k))
            var r = Self.two(a + k)
            au += r * x
            av += r * y
            r = Self.two(b + k)
            bu += r * x
            bv += r * y
            r = Self.two(c + k)
            cu += r * x
            cv += r * y
            r = Self.two(d + k)
            du += r * x
            dv += r * y
            k += 2
          }
          a[j] -= au.sum()
          a[j + 1] -= av.sum()
          b[j] -= bu.sum()
          b[j + 1] -= bv.sum()
          c[j] -= cu.sum()
          c[j + 1] -= cv.sum()
          d[j] -= du.sum()
          d[j + 1] -= dv.sum()
          j += 2
        }
      }
      for i in four {
        for j in j..<max(j, min(columns.upperBound, i + 1)) {
          self(i)[j] -= SymmetricSystem.dot(self(i), self(j), known)
        }
      }
    }

    @inline(__always)
    private static func two(_ p: UnsafeMutablePointer<Double>) -> SIMD2<Double> {
      UnsafeRawPointer(p).loadUnaligned(as: SIMD2<Double>.self)
    }

    /// Factors the triangle of the panel itself; false where it is not positive definite.
    func factor(_ columns: Range<Int>) -> Bool {
      for i in columns {
        solve(i, columns: columns.lowerBound..<i)
        let row = self(i)
        let from = row + columns.lowerBound
        let value = row[i] - SymmetricSystem.dot(from, from, i - columns.lowerBound)
        guard value > 0, value.isFinite else { return false }
        row[i] = value.squareRoot()
      }
      return true
    }

    /// The factor's numbers of a row in some columns.
    func solve(_ i: Int, columns: Range<Int>) {
      let (row, first) = (self(i), columns.lowerBound)
      for j in columns {
        let other = self(j)
        row[j] =
          (row[j] - SymmetricSystem.dot(row + first, other + first, j - first)) / other[j]
      }
    }
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
  fileprivate static func dot(
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
