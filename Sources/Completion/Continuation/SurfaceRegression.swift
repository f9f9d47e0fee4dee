import Concurrency
internal import Skulls

/// A surface's heights, known at some points, continued to others: regression by a Gaussian process.
///
/// *Source*: C. Rasmussen, C. Williams, "Gaussian Processes for Machine Learning" (2006), algorithm 2.1.
struct SurfaceRegression: Sendable {
  private let kernel: SurfaceKernel
  private let points: [SIMD3<Double>]
  private let weights: [Double]
  private let mean: Double
  private let system: SymmetricSystem

  /// Learns heights in mm at points of the head's frame; nil where the numbers are none.
  ///
  /// - Complexity: O(n³/6) multiplications and n²/2 numbers of memory; the same at any `threads`.
  init?(
    _ heights: [Double], at points: [SIMD3<Double>], mean: Double, kernel: SurfaceKernel,
    threads: Int
  ) {
    let n = points.count
    guard n > 0, heights.count == n else { return nil }
    var triangle = [Double](repeating: 0, count: n * (n + 1) / 2)
    triangle.withUnsafeMutableBufferPointer { buffer in
      let cells = Cells(base: buffer.baseAddress!)
      Parallel.forEach(n, threads: threads) { _, i in
        let row = cells.base + i * (i + 1) / 2
        for j in 0...i { row[j] = kernel(points[i], points[j]) }
        row[i] += kernel.noise * kernel.noise
      }
    }
    guard let system = SymmetricSystem(lowerTriangle: triangle, count: n, threads: threads) else {
      return nil
    }
    weights = system.solve(heights.map { $0 - mean })
    (self.kernel, self.points, self.mean, self.system) = (kernel, points, mean, system)
  }

  private struct Cells: @unchecked Sendable {
    // Invariant behind @unchecked: each row of the triangle is written by one call.
    let base: UnsafeMutablePointer<Double>
  }

  /// The most likely height at a point, in mm.
  func height(at p: SIMD3<Double>) -> Double {
    var sum = mean
    for i in points.indices { sum += weights[i] * kernel(p, points[i]) }
    return sum
  }

  /// The standard deviation of the height at a point, in mm: how far from what is known it lies.
  func sigma(at p: SIMD3<Double>) -> Double {
    let half = system.solveLower(points.map { kernel(p, $0) })
    return max(0, kernel(p, p) - half.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }
}
