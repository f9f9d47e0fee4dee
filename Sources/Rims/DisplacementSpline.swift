import Concurrency
internal import Skulls
internal import Volumes

/// Displacements that are known at some points, continued smoothly to others: the biharmonic spline of space.
///
/// The sum of a constant and of a multiple of |p − pᵢ| for each point. Of all that pass as near the known
/// displacements it bends least; far from them it stays near their mean, where the spline of the plane, r² log r, grows.
///
/// *Source*: J. Duchon, "Splines minimizing rotation-invariant semi-norms in Sobolev spaces" (1977); as a Gaussian
/// process with the covariance c − |p − q|, c beyond all distances, so that the system is positive definite.
struct DisplacementSpline: Sendable {
  /// What is known.
  struct Known: Sendable {
    /// In LPS mm.
    var point: SIMD3<Double>
    var displacement: SIMD3<Double>
  }

  // Of each point six numbers: its place and its weights.
  private var known: [Double]

  /// Longer than any head, in mm: a displacement may have any mean.
  private static let beyond = 1000.0
  /// By how much displacements differ at 1 mm, in mm²: a slope of a tenth over 20 mm.
  private static let variance = 0.05

  /// Nil where the numbers are none.
  ///
  /// - Parameter noise: by how much displacements may be missed, in mm.
  /// - Complexity: O(n³/6) multiplications and n²/2 numbers of memory; the same at any `threads`.
  init?(_ points: [Known], noise: Double, threads: Int) {
    let n = points.count
    guard n > 0 else { return nil }
    var triangle = [Double](repeating: 0, count: n * (n + 1) / 2)
    triangle.withUnsafeMutableBufferPointer { buffer in
      let cells = Cells(base: buffer.baseAddress!)
      Parallel.forEach(n, threads: threads) { _, i in
        let row = cells.base + i * (i + 1) / 2
        for j in 0...i {
          row[j] = Self.variance * (Self.beyond - (points[i].point - points[j].point).length)
        }
        row[i] += noise * noise
      }
    }
    guard let system = SymmetricSystem(lowerTriangle: triangle, count: n, threads: threads) else {
      return nil
    }
    let weights = Slabs.map(3, threads: threads) { slab in
      slab.map { axis in system.solve(points.map { $0.displacement[axis] }) }
    }.flatMap { $0 }
    known = []
    for (i, point) in points.enumerated() {
      known += [point.point.x, point.point.y, point.point.z]
      for axis in 0..<3 { known.append(Self.variance * weights[axis][i]) }
    }
  }

  private struct Cells: @unchecked Sendable {
    // Invariant behind @unchecked: each row of the triangle is written by one call.
    let base: UnsafeMutablePointer<Double>
  }

  /// The displacement at a point in LPS mm.
  func callAsFunction(_ p: SIMD3<Double>) -> SIMD3<Double> {
    let (x, y, z) = (p.x, p.y, p.z)
    var (ux, uy, uz) = (0.0, 0.0, 0.0)
    known.withUnsafeBufferPointer { known in
      guard var at = known.baseAddress else { return }
      for _ in 0..<known.count / 6 {
        let (dx, dy, dz) = (x - at[0], y - at[1], z - at[2])
        let weight = Self.beyond - (dx * dx + dy * dy + dz * dz).squareRoot()
        ux += weight * at[3]
        uy += weight * at[4]
        uz += weight * at[5]
        at += 6
      }
    }
    return SIMD3(ux, uy, uz)
  }
}
