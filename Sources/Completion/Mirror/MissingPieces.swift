import Concurrency

internal import Skulls
internal import Volumes
internal import VoxelOps

/// Where a skull lacks bone that its mirror image has.
struct MissingPieces {
  /// The middle of one missing piece.
  struct Seeds {
    /// Cell centres in LPS mm.
    let points: [SIMD3<Double>]
    /// Their volume in mm³.
    let volume: Double
  }

  /// Where bone is missing, the largest first.
  let seeds: [Seeds]

  /// - Parameters:
  ///   - depth: how far from bone mirrored bone must lie, in mm.
  ///   - minimumVolume: of a piece's part at that depth, in mm³.
  ///   - midlineClearance: pieces nearer to the plane are no defects, in mm.
  init(
    in frame: SymmetricFrame, displacedBy field: DisplacementField, depth: Float,
    minimumVolume: Double, midlineClearance: Double, threads: Int
  ) {
    let (sizes, axes) = (frame.sizes, frame.axes.transposed)
    let perCell = 1 / frame.cell
    let map = frame.geometry.lpsFromIndex
    let farthest = Float(field.largest) + Float(2 * frame.cell)
    let deep = Mask(on: frame.geometry) { out in
      frame.distances.withVoxels { distances in
        let mirrored = MirroredDistances(
          distances: distances.baseAddress!, sizes: sizes, perCell: Float(perCell))
        Slabs.run(sizes.z, threads: threads) { slab in
          for z in slab {
            for y in 0..<sizes.y {
              let row = sizes.x * (y + sizes.y * z)
              for x in 0..<sizes.x where distances[row + x] > depth {
                // Distances change by no more than the way: most cells need no second look.
                if distances[row + sizes.x - 1 - x] > farthest { continue }
                let index = SIMD3(Double(x), Double(y), Double(z))
                let u = axes * SIMD3<Double>(field[map * index])
                let place = SIMD3<Float>(index + u * perCell)
                if mirrored(place).value < 0 { out[row + x] = 1 }
              }
            }
          }
        }
      }
    }
    let found = deep.components(threads: threads)
    let cellVolume = frame.geometry.voxelVolume
    let candidates = found.bySize.prefix {
      Double(found.size(of: $0)) * cellVolume >= minimumVolume
    }
    seeds = candidates.map { component -> Seeds in
      let indices = found.mask(threads: threads) { $0 == component }.insideIndices
      return Seeds(
        points: indices.map { map * $0 }, volume: Double(found.size(of: component)) * cellVolume)
    }.filter { $0.meanDistance(from: frame.plane) >= midlineClearance }
  }
}

extension MissingPieces.Seeds {
  /// How far the seeds lie from a plane on average, in mm.
  func meanDistance(from plane: MidsagittalPlane) -> Double {
    points.reduce(0) { $0 + abs(plane.signedDistance(of: $1)) } / Double(max(1, points.count))
  }

  /// The box of a grid that holds the seeds and what lies within a margin in mm; nil where the
  /// geometry is singular.
  func box(on geometry: Geometry, margin: Double) -> IndexBox? {
    guard let indexFromLPS = geometry.indexFromLPS, let first = points.first else { return nil }
    var (low, high) = (indexFromLPS * first, indexFromLPS * first)
    for point in points {
      let index = indexFromLPS * point
      low = pointwiseMin(low, index)
      high = pointwiseMax(high, index)
    }
    // How far a ball in mm reaches along each index axis, oblique axes too.
    let rows = indexFromLPS.linear.transposed
    let reach = margin * SIMD3(rows[0].length, rows[1].length, rows[2].length)
    let limit = SIMD3(
      Double(geometry.sizes.x), Double(geometry.sizes.y), Double(geometry.sizes.z))
    low = (low - reach).rounded(.down).clamped(lowerBound: .zero, upperBound: limit)
    high = (high + reach).rounded(.up).clamped(lowerBound: -limit, upperBound: limit - 1)
    return IndexBox(
      lower: SIMD3(Int(low.x), Int(low.y), Int(low.z)),
      upper: SIMD3(Int(high.x) + 1, Int(high.y) + 1, Int(high.z) + 1))
  }

  /// The connected components of a mask that hold a seed.
  func components(of mask: Mask, threads: Int) -> Mask {
    guard let indexFromLPS = mask.geometry.indexFromLPS else { return mask }
    let found = mask.components(threads: threads)
    var isHit = [Bool](repeating: false, count: found.count + 1)
    let sizes = mask.sizes
    found.labels(threads: threads).withVoxels { labels in
      for point in points {
        let index = (indexFromLPS * point).rounded(.toNearestOrAwayFromZero)
        let (x, y, z) = (Int(index.x), Int(index.y), Int(index.z))
        guard x >= 0, y >= 0, z >= 0, x < sizes.x, y < sizes.y, z < sizes.z else { continue }
        isHit[Int(labels[sizes.offset(x, y, z)])] = true
      }
    }
    return found.mask(threads: threads) { isHit[$0 + 1] }
  }
}

extension Mask {
  /// The indices of the voxels inside.
  fileprivate var insideIndices: [SIMD3<Double>] {
    var indices: [SIMD3<Double>] = []
    withBytes { bytes in
      for i in 0..<bytes.count where bytes[i] != 0 {
        let (row, x) = i.quotientAndRemainder(dividingBy: sizes.x)
        indices.append(SIMD3(Double(x), Double(row % sizes.y), Double(row / sizes.y)))
      }
    }
    return indices
  }
}
