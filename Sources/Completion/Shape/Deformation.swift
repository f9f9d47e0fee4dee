import Concurrency
internal import Skulls
internal import Volumes

/// A smooth deformation that lays a head's surface onto a template's: a Gaussian process, known from the
/// distances between the surfaces where both are there.
///
/// A point x of the head, already laid onto the template by an affine map, belongs to the template's point
/// x + u(x); there the template's distance, less the bone's additional half thickness t(x), is the head's own.
/// Each sample says that it is 0 at its place, which is linear in u and t for the template's slope g there:
/// g · u − t.
///
/// *Source*: M. Lüthi et al., "Gaussian process morphable models", IEEE TPAMI 40 (2018), with distances in
/// place of corresponding points.
struct Deformation: Sendable {
  // Of each known point seven numbers: its place, its weight times the template's slope, its weight. Scalars,
  // here and below: tests run without optimisation, where SIMD3 takes microseconds.
  private var known: [Double] = []

  /// No deformation.
  init() {}

  /// Displacement in mm, and additional half thickness in mm, at a point.
  func callAsFunction(_ p: SIMD3<Double>) -> (displacement: SIMD3<Double>, thickness: Double) {
    let (x, y, z) = (p.x, p.y, p.z)
    var (ux, uy, uz, t) = (0.0, 0.0, 0.0, 0.0)
    known.withUnsafeBufferPointer { known in
      guard var at = known.baseAddress else { return }
      for _ in 0..<known.count / 7 {
        let k = DeformationKernel.weights(x, y, z, at[0], at[1], at[2])
        ux += (k.same - k.mirrored) * at[3]
        uy += (k.same + k.mirrored) * at[4]
        uz += (k.same + k.mirrored) * at[5]
        t -= k.thickness * at[6]
        at += 7
      }
    }
    return (SIMD3(ux, uy, uz), t)
  }

  /// What a sample says.
  struct Observation {
    var point: SIMD3<Double>
    /// The template's slope where the point belongs.
    var slope: SIMD3<Double>
    /// slope · u − t.
    var value: Double
    /// Of the value's error, in mm².
    var variance: Double
  }

  /// The most likely deformation; nil where the numbers are none.
  ///
  /// - Complexity: O(n³/6) multiplications and n²/2 numbers of memory; the same at any `threads`.
  init?(_ observations: [Observation], threads: Int) {
    let n = observations.count
    guard n > 0 else { return nil }
    var known = observations.flatMap {
      [$0.point.x, $0.point.y, $0.point.z, $0.slope.x, $0.slope.y, $0.slope.z, $0.variance]
    }
    var triangle = [Double](repeating: 0, count: n * (n + 1) / 2)
    triangle.withUnsafeMutableBufferPointer { buffer in
      let cells = Cells(base: buffer.baseAddress!)
      known.withUnsafeBufferPointer { known in
        let first = Known(base: known.baseAddress!)
        Parallel.forEach(n, threads: threads) { _, i in
          let row = cells.base + i * (i + 1) / 2
          let a = first.base + 7 * i
          var b = first.base
          for j in 0...i {
            let k = DeformationKernel.weights(a[0], a[1], a[2], b[0], b[1], b[2])
            let (x, rest) = (a[3] * b[3], a[4] * b[4] + a[5] * b[5])
            row[j] = k.same * (rest + x) + k.mirrored * (rest - x) + k.thickness
            b += 7
          }
          row[i] += a[6]
        }
      }
    }
    guard let system = SymmetricSystem(lowerTriangle: triangle, count: n) else { return nil }
    for (i, weight) in system.solve(observations.map(\.value)).enumerated() {
      for c in 3..<6 { known[7 * i + c] *= weight }
      known[7 * i + 6] = weight
    }
    self.known = known
  }

  private struct Cells: @unchecked Sendable {
    // Invariant behind @unchecked: each row of the triangle is written by one call.
    let base: UnsafeMutablePointer<Double>
  }

  private struct Known: @unchecked Sendable {
    // Invariant behind @unchecked: read only.
    let base: UnsafePointer<Double>
  }
}
