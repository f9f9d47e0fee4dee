import Concurrency
import Volumes

extension Volume<Float> {
  /// Where a part may not be: below 0 what keeps a gap to bone, at rest and on a way out.
  ///
  /// Of cells far from the part it is not worked out, and says that they may be filled.
  /// - Parameters:
  ///   - solid: the part as it would be without bone, as signed distances on the same grid.
  ///   - margin: to which distance from that the barrier is needed, in mm.
  ///   - way: nil: only at rest.
  ///   - far: all bone, for the way beyond the grid.
  ///   - depth: to which it must be exact inside, in mm.
  func barrier(
    around solid: Volume<Float>, margin: Float, gap: Float, along way: SIMD3<Double>?,
    past far: FarBone?, exactTo depth: Float, threads: Int
  ) -> Volume<Float> {
    let sizes = sizes
    let enough = gap + depth + 2 * Float(geometry.spacing.x)
    let insertion = way.map { InsertionWay($0, on: geometry) }
    return Volume(unwrittenOn: geometry) { out in
      let out = Voxels(base: out.baseAddress!)
      solid.withVoxels { solid in
        let solid = Voxels(base: UnsafeMutablePointer(mutating: solid.baseAddress!))
        withFields(far) { bone, far in
          // Planes from both ends by turns, as the part lies in the middle.
          Parallel.forEach(sizes.z, threads: threads) { _, z in
            for y in 0..<sizes.y {
              for x in 0..<sizes.x {
                let i = sizes.offset(x, y, z)
                guard solid.base[i] < margin else {
                  out.base[i] = -enough
                  continue
                }
                let p = SIMD3(Float(x), Float(y), Float(z))
                let least = insertion?.clearance(of: p, from: bone, far, enough: enough) ?? bone[i]
                out.base[i] = gap - Swift.min(least, enough)
              }
            }
          }
        }
      }
    }
  }

  private func withFields(_ far: FarBone?, _ body: (DistanceField, FarField?) -> Void) {
    withField { near in
      far?.withField(on: geometry) { body(near, $0) } ?? body(near, nil)
    }
  }
}
