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
  /// What is known at eight points.
  private struct Eight {
    var x = DeformationKernel.Eight.zero
    var y = DeformationKernel.Eight.zero
    var z = DeformationKernel.Eight.zero
    /// The template's slopes, times the points' weights.
    var slopeX = DeformationKernel.Eight.zero
    var slopeY = DeformationKernel.Eight.zero
    var slopeZ = DeformationKernel.Eight.zero
    var weight = DeformationKernel.Eight.zero
  }

  // The last eight may be fewer: their weights are 0 then.
  private var known: [Eight] = []

  /// The identity: no point moves.
  init() {}

  /// Displacement in mm, and additional half thickness in mm, at a point.
  func callAsFunction(_ p: SIMD3<Double>) -> (displacement: SIMD3<Double>, thickness: Double) {
    let (x, y, z) = (Float(p.x), Float(p.y), Float(p.z))
    var (ux, uy, uz, t) = (
      DeformationKernel.Eight.zero, DeformationKernel.Eight.zero, DeformationKernel.Eight.zero,
      DeformationKernel.Eight.zero
    )
    for b in known {
      let k = DeformationKernel.weights(x, y, z, b.x, b.y, b.z)
      let sum = k.same + k.mirrored
      ux += (k.same - k.mirrored) * b.slopeX
      uy += sum * b.slopeY
      uz += sum * b.slopeZ
      t -= k.thickness * b.weight
    }
    return (SIMD3(Double(ux.sum()), Double(uy.sum()), Double(uz.sum())), Double(t.sum()))
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
    var known = [Eight](repeating: Eight(), count: (n + 7) / 8)
    for (i, one) in observations.enumerated() {
      let (place, lane) = i.quotientAndRemainder(dividingBy: 8)
      known[place].x[lane] = Float(one.point.x)
      known[place].y[lane] = Float(one.point.y)
      known[place].z[lane] = Float(one.point.z)
      known[place].slopeX[lane] = Float(one.slope.x)
      known[place].slopeY[lane] = Float(one.slope.y)
      known[place].slopeZ[lane] = Float(one.slope.z)
    }
    var triangle = [Double](repeating: 0, count: n * (n + 1) / 2)
    triangle.withUnsafeMutableBufferPointer { buffer in
      let cells = Cells(base: buffer.baseAddress!)
      Parallel.forEach(n, threads: threads) { _, i in
        let row = cells.base + i * (i + 1) / 2
        let (own, lane) = (known[i / 8], i % 8)
        let (x, y, z) = (own.x[lane], own.y[lane], own.z[lane])
        let (sx, sy, sz) = (own.slopeX[lane], own.slopeY[lane], own.slopeZ[lane])
        for place in 0...i / 8 {
          let b = known[place]
          let k = DeformationKernel.weights(x, y, z, b.x, b.y, b.z)
          let across = sx * b.slopeX
          let rest = sy * b.slopeY + sz * b.slopeZ
          let values = k.same * (rest + across) + k.mirrored * (rest - across) + k.thickness
          for other in 0..<min(8, i + 1 - 8 * place) {
            row[8 * place + other] = Double(values[other])
          }
        }
        row[i] += observations[i].variance
      }
    }
    guard let system = SymmetricSystem(lowerTriangle: triangle, count: n, threads: threads) else {
      return nil
    }
    for (i, weight) in system.solve(observations.map(\.value)).enumerated() {
      let (place, lane) = i.quotientAndRemainder(dividingBy: 8)
      known[place].slopeX[lane] *= Float(weight)
      known[place].slopeY[lane] *= Float(weight)
      known[place].slopeZ[lane] *= Float(weight)
      known[place].weight[lane] = Float(weight)
    }
    self.known = known
  }

  private struct Cells: @unchecked Sendable {
    // Invariant behind @unchecked: each row of the triangle is written by one call.
    let base: UnsafeMutablePointer<Double>
  }
}
