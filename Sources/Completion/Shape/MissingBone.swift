import Concurrency
internal import Skulls
internal import Volumes
internal import VoxelOps

/// Where a complete head has bone and the scan's bone is far.
struct MissingBone {
  /// One hole, as cells of the grid that it was found on.
  struct Hole {
    /// Centres of cells of missing bone, in LPS mm.
    let points: [SIMD3<Double>]
    /// Of the missing bone, in mm³.
    let volume: Double
  }

  /// The largest first.
  let holes: [Hole]

  /// The edge of the cells, in mm.
  private static let cell = 1.5
  /// How far from bone missing bone lies, in mm: more than heads and templates differ after the fit.
  private static let departure = 2.5
  /// How far its core does, in mm, how large that is at least, in mm³, and how far from bone its deepest cell.
  /// Orbits, the nose and the base around the foramen magnum differ between people by less: on a real head the
  /// largest difference had a core of 260 mm³, 7 mm deep.
  private static let depth = 4.0
  private static let leastCore = 300.0
  private static let leastDeepest = 8.0
  /// How many times larger a core must be where the scan ends beside it: there bone on one side says nothing.
  private static let factorAtBorder = 4.0

  /// - Complexity: O(cells of 1.5 mm in the head's box), and a pass over the mask.
  init(in bone: Mask, of head: CompleteHead, ends: [ScanEnd], threads: Int) {
    guard let grid = Self.grid(of: bone, head),
      let share = bone.occupancy(onto: grid, threads: threads),
      let indexFromLPS = bone.geometry.indexFromLPS
    else {
      holes = []
      return
    }
    // A share that thin bone has, too, when a cell cuts it.
    let there = Mask(on: grid) { out in
      share.withVoxels { share in for i in 0..<out.count { out[i] = share[i] > 0.15 ? 1 : 0 } }
    }
    let distances = there.distances(threads: threads)
    let complete = head.bone(on: grid, threads: threads)
    // Bone thinner than a cell is connected only if it is taken thicker.
    let thick = head.bone(on: grid, margin: 0.6, threads: threads)
    let toScan = indexFromLPS * grid.lpsFromIndex
    let last =
      SIMD3(
        Double(bone.sizes.x), Double(bone.sizes.y), Double(bone.sizes.z)) - 0.5
    let sizes = grid.sizes
    let missing = Mask(on: grid) { out in
      thick.withBytes { thick in
        distances.withVoxels { distances in
          for i in 0..<out.count where thick[i] != 0 && distances[i] > Float(Self.departure) {
            let p = toScan * sizes.index(i)
            if p.min() >= -0.5 && p.x <= last.x && p.y <= last.y && p.z <= last.z,
              !Self.isHidden(grid.lpsFromIndex * sizes.index(i), by: ends, within: 0)
            {
              out[i] = 1
            }
          }
        }
      }
    }
    // A cell and a half, in voxels.
    let reach = 1.5 * Self.cell / bone.geometry.spacing
    let found = missing.components(threads: threads)
    var cores = [Int](repeating: 0, count: found.count + 1)
    var isAtBorder = [Bool](repeating: false, count: found.count + 1)
    var deepest = [Float](repeating: 0, count: found.count + 1)
    var cells = [[Int]](repeating: [], count: found.count + 1)
    found.labels(threads: threads).withVoxels { labels in
      complete.withBytes { complete in
        distances.withVoxels { distances in
          for i in 0..<labels.count where labels[i] != 0 && complete[i] != 0 {
            let hole = Int(labels[i])
            cells[hole].append(i)
            let p = toScan * sizes.index(i)
            if (p - reach).min() < 0 || (last - reach - p).min() < 0
              || Self.isHidden(
                grid.lpsFromIndex * sizes.index(i), by: ends, within: 1.5 * Self.cell)
            {
              isAtBorder[hole] = true
            }
            if distances[i] > Float(Self.depth) { cores[hole] += 1 }
            deepest[hole] = max(deepest[hole], distances[i])
          }
        }
      }
    }
    let volume = grid.voxelVolume
    holes = cells.indices.filter {
      let least = Self.leastCore * (isAtBorder[$0] ? Self.factorAtBorder : 1)
      return Double(cores[$0]) * volume >= least && Double(deepest[$0]) >= Self.leastDeepest
    }
    .map { label in
      Hole(
        points: cells[label].map { grid.lpsFromIndex * sizes.index($0) },
        volume: Double(cells[label].count) * volume)
    }.sorted { $0.volume > $1.volume }
  }

  /// Whether a point in LPS mm lies beyond an end of the scan, or within so many mm of it.
  private static func isHidden(_ p: SIMD3<Double>, by ends: [ScanEnd], within distance: Double)
    -> Bool
  {
    ends.contains { $0.hides(p + distance * $0.normal) }
  }

  /// Cells that hold the head as far as the scan shows it.
  private static func grid(of bone: Mask, _ head: CompleteHead) -> Geometry? {
    let corners = head.corners
    guard let first = corners.first else { return nil }
    let scan = (0..<8).map { corner -> SIMD3<Double> in
      let sizes = bone.sizes
      return bone.geometry.lpsFromIndex
        * SIMD3(
          corner & 1 != 0 ? Double(sizes.x) - 0.5 : -0.5,
          corner & 2 != 0 ? Double(sizes.y) - 0.5 : -0.5,
          corner & 4 != 0 ? Double(sizes.z) - 0.5 : -0.5)
    }
    let lower = pointwiseMax(
      corners.reduce(first, pointwiseMin), scan.reduce(scan[0], pointwiseMin))
    let upper = pointwiseMin(
      corners.reduce(first, pointwiseMax), scan.reduce(scan[0], pointwiseMax))
    let extent = upper - lower
    guard extent.min() > 0, extent.max() < 1000 else { return nil }
    let cell = max(Self.cell, extent.max() / 320)
    let steps = (extent / cell).rounded(.up)
    return Geometry(
      sizes: GridSize(Int(steps.x) + 1, Int(steps.y) + 1, Int(steps.z) + 1),
      space: .leftPosteriorSuperior, directions: Matrix3(diagonal: SIMD3(repeating: cell)),
      origin: lower)
  }
}

extension GridSize {
  /// The index of a place in memory.
  fileprivate func index(_ offset: Int) -> SIMD3<Double> {
    let (row, i) = offset.quotientAndRemainder(dividingBy: x)
    return SIMD3(Double(i), Double(row % y), Double(row / y))
  }
}
