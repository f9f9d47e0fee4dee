package import Volumes

extension Mask {
  /// The box in LPS mm of the voxels whose centres lie at or above a height, from voxel face to voxel
  /// face (of grids along the axes); nil where there is none.
  ///
  /// - Complexity: one pass, ended in each row at the outermost voxels.
  package func lpsBox(
    above height: Double = -.infinity
  ) -> (lower: SIMD3<Double>, upper: SIMD3<Double>)? {
    let map = geometry.lpsFromIndex
    let step = map.linear[0]
    var lower = SIMD3(repeating: Double.infinity)
    var upper = -lower
    withBytes { bytes in
      for z in 0..<sizes.z {
        for y in 0..<sizes.y {
          let row = bytes.baseAddress! + sizes.x * (y + sizes.y * z)
          guard let outer = RowRuns.ends(in: row, 0..<sizes.x) else { continue }
          let start = map * SIMD3(0, Double(y), Double(z))
          // The part of the row at or above the height; in a row heights change evenly.
          var (from, to) = (outer.lowerBound, outer.upperBound)
          func isHigh(_ x: Int) -> Bool { start.z + Double(x) * step.z >= height }
          if step.z >= 0 {
            while from < to, !isHigh(from) { from += 1 }
          } else {
            while from < to, !isHigh(to - 1) { to -= 1 }
          }
          guard let part = RowRuns.ends(in: row, from..<to) else { continue }
          for x in [part.lowerBound, part.upperBound - 1] {
            let p = start + Double(x) * step
            lower = pointwiseMin(lower, p)
            upper = pointwiseMax(upper, p)
          }
        }
      }
    }
    guard lower.x <= upper.x else { return nil }
    let (a, b, c) = map.linear.columns
    func size(_ v: SIMD3<Double>) -> SIMD3<Double> { pointwiseMax(v, -v) }
    let half = (size(a) + size(b) + size(c)) / 2
    return (lower - half, upper + half)
  }
}
