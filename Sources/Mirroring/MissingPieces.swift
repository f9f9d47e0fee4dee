import Concurrency
internal import Completion
internal import Skulls
internal import Volumes
internal import VoxelOps

/// Where a skull lacks bone that its mirror image has.
struct MissingPieces {
  /// Where bone is missing, the largest first.
  let seeds: [MissingSeeds]

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
    seeds = candidates.map { component -> MissingSeeds in
      let indices = found.mask(threads: threads) { $0 == component }.insideIndices
      return MissingSeeds(
        points: indices.map { map * $0 }, volume: Double(found.size(of: component)) * cellVolume)
    }.filter { $0.meanDistance(from: frame.plane) >= midlineClearance }
  }
}

extension MissingSeeds {
  /// How far the seeds lie from a plane on average, in mm.
  fileprivate func meanDistance(from plane: MidsagittalPlane) -> Double {
    points.reduce(0) { $0 + abs(plane.signedDistance(of: $1)) } / Double(max(1, points.count))
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
