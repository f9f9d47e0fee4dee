import Meshes
import Volumes
import VoxelOps

/// Finds where bone was lost or gained, from cells and from vertices that lie far from the other surface.
struct ChangedPlaces {
  private let before: BoneField
  private let after: BoneField
  private let tolerance: Double
  private let cell: Double

  init(before: BoneField, after: BoneField, tolerance: Double, cell: Double) {
    (self.before, self.after, self.tolerance, self.cell) = (before, after, tolerance, cell)
  }

  /// - Parameters:
  ///   - surface: whose vertices lie beyond the other surface where something changed.
  ///   - changes: at these vertices; below 0 beyond the other surface.
  ///   - sign: 1 where bone was gained, −1 where lost.
  func found(
    from surface: TriangleMesh, changes: [Float], sign: Float, threads: Int
  ) -> [SkullChange.Place] {
    let grid = before.share.geometry
    guard let map = grid.indexFromLPS else { return [] }
    let sizes = grid.sizes
    // How deep the change is, at cells with a vertex that lies beyond the tolerance.
    var depths: [Int: Float] = [:]
    for (vertex, change) in zip(surface.vertices, changes) where -Double(change) > tolerance {
      let index = (map * SIMD3<Double>(vertex)).rounded(.toNearestOrEven)
      guard index.min() >= 0 else { continue }
      let (x, y, z) = (Int(index.x), Int(index.y), Int(index.z))
      guard x < sizes.x, y < sizes.y, z < sizes.z else { continue }
      depths[sizes.offset(x, y, z), default: 0] = max(
        depths[sizes.offset(x, y, z), default: 0], -change)
    }
    guard !depths.isEmpty else { return [] }
    var seeds = Mask(emptyOn: grid)
    seeds.withMutableBytes { bytes in for place in depths.keys { bytes[place] = 1 } }
    // The layer between both surfaces, as far as it hangs on a seed and no further than that is deep.
    let deepest = min(Double(depths.values.max() ?? 0), 12)
    let region = seeds.dilated(byBall: deepest + 1.5 * cell, threads: threads)
    let differs = before.share.withVoxels { before in
      after.share.withVoxels { after in
        region.withBytes { region in
          seeds.withBytes { seeds in
            Mask(on: grid) { out in
              for i in out.indices {
                out[i] =
                  region[i] != 0 && (seeds[i] != 0 || sign * (after[i] - before[i]) > 0.25) ? 1 : 0
              }
            }
          }
        }
      }
    }
    // Smoothed, the change spreads to the cells beside.
    let components = differs.dilated(byBall: 2 * cell, threads: threads)
      .components(threads: threads)
    var sums = [Sum](repeating: Sum(), count: components.count)
    components.labels(threads: threads).withVoxels { labels in
      before.share.withVoxels { before in
        after.share.withVoxels { after in
          for i in 0..<labels.count where labels[i] > 0 {
            let share = Double(sign * (after[i] - before[i]))
            let n = Int(labels[i]) - 1
            let place = SIMD3(
              Double(i % sizes.x), Double(i / sizes.x % sizes.y), Double(i / (sizes.x * sizes.y)))
            sums[n].volume += share
            sums[n].moment += share * place
            if let depth = depths[i] { sums[n].deepest = max(sums[n].deepest, depth) }
          }
        }
      }
    }
    return sums.filter { $0.deepest > 0 && $0.volume * grid.voxelVolume >= SkullChange.leastPlace }
      .sorted { $0.volume > $1.volume }
      .map { sum in
        let middle = grid.lpsFromIndex * (sum.moment / sum.volume)
        return SkullChange.Place(
          centroidLPS: [middle.x, middle.y, middle.z], volumeMM3: sum.volume * grid.voxelVolume,
          deepestMM: Double(sum.deepest))
      }
  }

  private struct Sum {
    var volume = 0.0
    var moment = SIMD3<Double>.zero
    var deepest: Float = 0
  }
}
