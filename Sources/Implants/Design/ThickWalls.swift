import Concurrency
import Volumes

extension Volume<Float> {
  /// Signed distances with walls made thicker to the inside, where a ball does not fit into them.
  ///
  /// A ball is laid below the outer surface wherever an opening takes away its outer half.
  /// - Parameters:
  ///   - uncovered: where such a ball does not fit.
  ///   - depths: of the cells in the part.
  ///   - radius: of the ball in mm.
  ///   - centre: a place on the inner side, in cells.
  func thickened(
    where uncovered: Volume<Float>, _ depths: Volume<Float>, by radius: Float,
    inwardTo centre: SIMD3<Float>
  ) -> Volume<Float> {
    let sizes = sizes
    let side = Float(geometry.spacing.x)
    let steps = Int((radius / side).rounded(.up)) + 2
    var thick = self
    withField { field in
      uncovered.withVoxels { uncovered in
        depths.withVoxels { depths in
          thick.withMutableVoxels { out in
            for z in 1..<Swift.max(1, sizes.z - 1) {
              for y in 1..<Swift.max(1, sizes.y - 1) {
                for x in 1..<Swift.max(1, sizes.x - 1) {
                  let i = sizes.offset(x, y, z)
                  let depth = depths[i]
                  guard field[i] < 0, uncovered[i] > 0, depth < radius else { continue }
                  let (up, far) = (sizes.x, sizes.x * sizes.y)
                  let slope = SIMD3(
                    field[i + 1] - field[i - 1], field[i + up] - field[i - up],
                    field[i + far] - field[i - far])
                  let length = (slope * slope).sum().squareRoot()
                  let p = SIMD3(Float(x), Float(y), Float(z))
                  guard length > 0, (slope * (p - centre)).sum() > 0 else { continue }
                  let middle = p - slope / length * ((radius - depth) / side)
                  let nearest = middle.rounded(.toNearestOrAwayFromZero)
                  let (a, b, c) = (Int(nearest.x), Int(nearest.y), Int(nearest.z))
                  for k in Swift.max(0, c - steps)..<Swift.max(0, Swift.min(sizes.z, c + steps + 1))
                  {
                    for j in Swift.max(
                      0, b - steps)..<Swift.max(0, Swift.min(sizes.y, b + steps + 1))
                    {
                      let row = sizes.offset(0, j, k)
                      for n in Swift.max(
                        0, a - steps)..<Swift.max(0, Swift.min(sizes.x, a + steps + 1))
                      {
                        let away = SIMD3(Float(n), Float(j), Float(k)) - middle
                        // No further out than the surface lies.
                        let above =
                          ((SIMD3(Float(n), Float(j), Float(k)) - p) * slope).sum() / length
                        let distance = Swift.max(
                          (away * away).sum().squareRoot() * side - radius, above * side - depth)
                        out[row + n] = Swift.min(out[row + n], distance)
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return thick
  }
}
