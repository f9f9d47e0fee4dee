import Concurrency
import VoxelOps
import Volumes

extension Volume<Float> {
  /// How deep each cell inside lies below the surface in mm, up to a depth; 0 outside.
  ///
  /// What is inside of a smoothed field, or of the larger of two, is no distance where walls are thin. From
  /// a cell outside, d mm off the surface, a cell inside is at least its depth and d away, and just that
  /// along the normal; so the depth is the least distance to such cells less their d.
  /// - Parameter most: depths beyond it are given as it.
  /// - Precondition: cubic cells; near the surface the values are distances in mm on the outside.
  /// - Complexity: for cells inside and near the surface, O((depth / cell)³).
  func depths(upTo most: Float, threads: Int) -> Volume<Float> {
    let sizes = sizes
    let side = Float(geometry.spacing.x)
    let ball = CellBall(radius: most + side, on: geometry)
    // No cell outside is nearer than that; all but those near the surface are done with it.
    let rough = negative(threads: threads).depths(threads: threads)
    return Volume(unwrittenOn: geometry) { out in
      let out = Voxels(base: out.baseAddress!)
      withFields(rough) { values, rough in
        Parallel.forEach(sizes.z, threads: threads) { _, z in
          for y in 0..<sizes.y {
            for x in 0..<sizes.x {
              let i = sizes.offset(x, y, z)
              guard values[i] < 0 else {
                out.base[i] = 0
                continue
              }
              guard rough[i] < most + side else {
                out.base[i] = most
                continue
              }
              var least = most
              // Nothing of the ball may be outside, and then no cell is looked at twice.
              let fits = ball.fits(x, y, z)
              for cell in ball.cells[ball.first(from: rough[i])...] {
                guard cell.distance - side < least else { break }
                guard fits || ball.contains(cell, around: x, y, z) else { continue }
                let beyond = values[i + cell.offset]
                guard beyond >= 0 else { continue }
                least = Swift.min(least, cell.distance - Swift.min(beyond, side))
              }
              out.base[i] = Swift.max(0, least)
            }
          }
        }
      }
    }
  }

  /// How far each cell lies beyond what balls cover that fit into the part, in mm, at most two cells: where
  /// it is above 0 an opening takes the part away, and edges become round by the radius.
  ///
  /// Every cell inside by d mm is the middle of a ball of that radius; an opening by r leaves what all
  /// balls of at least r cover.
  /// - Parameters:
  ///   - depths: of the cells of this part, up to `radius` and one cell more at least.
  ///   - radius: r in mm, at least half a cell.
  /// - Complexity: for cells near the surface, O((radius / cell)³).
  func uncovered(_ depths: Volume<Float>, by radius: Float, threads: Int) -> Volume<Float> {
    let sizes = sizes
    let side = Float(geometry.spacing.x)
    let ball = CellBall(radius: radius + 1.5 * side, on: geometry)
    // What balls around cell centres miss of a plane.
    let slack = 0.15 * side
    return Volume(unwrittenOn: geometry) { out in
      let out = Voxels(base: out.baseAddress!)
      withVoxels { values in
        let values = Voxels(base: UnsafeMutablePointer(mutating: values.baseAddress!))
        depths.withVoxels { depths in
          let depths = Voxels(base: UnsafeMutablePointer(mutating: depths.baseAddress!))
          Parallel.forEach(sizes.z, threads: threads) { _, z in
            for y in 0..<sizes.y {
              for x in 0..<sizes.x {
                let i = sizes.offset(x, y, z)
                out.base[i] = -side
                guard depths.base[i] < radius, values.base[i] < 2 * side else { continue }
                var least = Float.infinity
                // Enough where the balls reach as far as the part does.
                let enough = values.base[i] < 0 ? -depths.base[i] + slack : values.base[i]
                let fits = ball.fits(x, y, z)
                for cell in ball.cells {
                  guard fits || ball.contains(cell, around: x, y, z) else { continue }
                  let depth = depths.base[i + cell.offset]
                  guard depth >= radius else { continue }
                  least = Swift.min(least, cell.distance - depth)
                  if least <= enough { break }
                }
                out.base[i] = least <= enough ? -side : Swift.min(least - slack, 2 * side)
              }
            }
          }
        }
      }
    }
  }

  /// Calls `body` with readers of these values and of others.
  private func withFields(
    _ other: Volume<Float>, _ body: (DistanceField, DistanceField) -> Void
  ) {
    withField { own in other.withField { other in body(own, other) } }
  }
}
