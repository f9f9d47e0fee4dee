import Volumes

package struct SurfaceSample: Sendable {
  /// The number of its triangle.
  package var triangle: Int
  /// Where it is, in LPS mm.
  package var point: SIMD3<Double>
  /// The outward normal of its triangle, of length 1.
  package var normal: SIMD3<Double>
}

extension TriangleMesh {
  /// Points spread over the surface so that each stands for the same area.
  ///
  /// Every so many mm² along the triangles one is taken, at a place in its triangle that follows from its
  /// number: the same points each time.
  ///
  /// - Complexity: one pass over the triangles.
  package func samples(count: Int) -> [SurfaceSample] {
    let total = area
    guard total > 0, total.isFinite, count > 0 else { return [] }
    let step = total / Double(count)
    var samples: [SurfaceSample] = []
    samples.reserveCapacity(count)
    var (covered, next, index) = (0.0, step / 2, 0)
    forEachTriangle { a, b, c in
      let normal = (b - a).cross(c - a)
      let length = normal.length
      covered += length / 2
      while next < covered, samples.count < count {
        // Two sequences of little discrepancy, folded into the triangle.
        let n = Double(samples.count + 1)
        var (u, v) = ((n * 0.754877666).fraction, (n * 0.569840291).fraction)
        if u + v > 1 { (u, v) = (1 - u, 1 - v) }
        samples.append(
          SurfaceSample(
            triangle: index, point: a + (b - a) * u + (c - a) * v, normal: normal / length))
        next += step
      }
      index += 1
    }
    return samples
  }
}

extension Double {
  fileprivate var fraction: Double { self - Double(Int(self)) }
}
