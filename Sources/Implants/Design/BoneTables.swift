import Concurrency
import Volumes
import VoxelOps

/// Distances from the outer and from the inner surface of completed bone around an implant.
struct BoneTables {
  /// In mm on the grid of the bone; no less than `most` where a cell is not needed.
  let outer, inner: Volume<Float>

  /// - Parameters:
  ///   - complete: signed distances of bone and implant together, on cubic cells.
  ///   - centre: a place on the inner side, in cells: a surface that faces away from it is outer.
  ///   - isNeeded: of which cells the distances are needed, by their place in memory.
  ///   - most: larger distances are given as it, in mm.
  init(
    of complete: Volume<Float>, inwardTo centre: SIMD3<Float>, upTo most: Float, threads: Int,
    where isNeeded: (Int) -> Bool
  ) {
    func surface(_ isOuter: Bool) -> SurfaceCells {
      SurfaceCells(of: complete, facingAwayFrom: centre, isOuter, threads: threads)
    }
    outer = surface(true).distances(upTo: most, threads: threads, where: isNeeded)
    inner = surface(false).distances(upTo: most, threads: threads, where: isNeeded)
  }
}

/// The cells just outside of one side of a surface, and how far off it they are.
private struct SurfaceCells {
  private let field: Volume<Float>
  private let cells: Mask

  /// Those that face away from a place, or towards it.
  init(
    of field: Volume<Float>, facingAwayFrom centre: SIMD3<Float>, _ isAway: Bool, threads: Int
  ) {
    let sizes = field.sizes
    let side = Float(field.geometry.spacing.x)
    let (row, plane) = (sizes.x, sizes.x * sizes.y)
    self.field = field
    cells = Mask(on: field.geometry) { out in
      let out = Voxels(base: out.baseAddress!)
      field.withField { field in
        Slabs.run(sizes.z, threads: threads) { slab in
          for z in slab where z > 0 && z < sizes.z - 1 {
            for y in 1..<max(1, sizes.y - 1) {
              for x in 1..<max(1, sizes.x - 1) {
                let i = sizes.offset(x, y, z)
                guard field[i] >= 0, field[i] < side else { continue }
                let slope = SIMD3(
                  field[i + 1] - field[i - 1], field[i + row] - field[i - row],
                  field[i + plane] - field[i - plane])
                let p = SIMD3(Float(x), Float(y), Float(z))
                if ((slope * (p - centre)).sum() > 0) == isAway { out.base[i] = 1 }
              }
            }
          }
        }
      }
    }
  }

  /// Distances to the surface in mm.
  ///
  /// An EDT leads to the nearest of the cells; among it and its neighbours the least distance less their own to the
  /// surface is that along the normal, to a small part of a cell.
  /// - Complexity: that of an EDT, and 125 looks a cell that is needed.
  func distances(upTo most: Float, threads: Int, where isNeeded: (Int) -> Bool) -> Volume<Float> {
    let sizes = field.sizes
    let side = Float(field.geometry.spacing.x)
    guard !cells.isEmpty else { return Volume(on: field.geometry) { $0.update(repeating: most) } }
    let rough = cells.distances(threads: threads)
    let (row, plane) = (sizes.x, sizes.x * sizes.y)
    return Volume(unwrittenOn: field.geometry) { out in
      let out = Voxels(base: out.baseAddress!)
      field.withField { field in
        rough.withField { rough in
          cells.withBytes { cells in
            let cells = Voxels(base: UnsafeMutablePointer(mutating: cells.baseAddress!))
            Slabs.run(sizes.z, threads: threads) { slab in
              for z in slab {
                for y in 0..<sizes.y {
                  for x in 0..<sizes.x {
                    let i = sizes.offset(x, y, z)
                    out.base[i] = most
                    guard rough[i] < most + side, isNeeded(i) else { continue }
                    var nearest = SIMD3(x, y, z)
                    if rough[i] > 2 * side, x > 0, y > 0, z > 0, x < sizes.x - 1, y < sizes.y - 1,
                      z < sizes.z - 1
                    {
                      let slope = SIMD3(
                        rough[i + 1] - rough[i - 1], rough[i + row] - rough[i - row],
                        rough[i + plane] - rough[i - plane])
                      let length = (slope * slope).sum().squareRoot()
                      if length > 0 {
                        let foot =
                          SIMD3(Float(x), Float(y), Float(z)) - slope / length * (rough[i] / side)
                        nearest = SIMD3<Int>(foot.rounded(.toNearestOrAwayFromZero))
                      }
                    }
                    var least = rough[i]
                    for c in max(0, nearest.z - 2)..<max(0, min(sizes.z, nearest.z + 3)) {
                      for b in max(0, nearest.y - 2)..<max(0, min(sizes.y, nearest.y + 3)) {
                        for a in max(0, nearest.x - 2)..<max(0, min(sizes.x, nearest.x + 3)) {
                          let n = sizes.offset(a, b, c)
                          guard cells.base[n] != 0 else { continue }
                          let away = SIMD3(Float(a - x), Float(b - y), Float(c - z))
                          let distance = (away * away).sum().squareRoot() * side - field[n]
                          least = min(least, distance)
                        }
                      }
                    }
                    out.base[i] = min(most, max(0, least))
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
