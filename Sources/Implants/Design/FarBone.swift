import Volumes
import VoxelOps

/// How far all bone of a head is, coarsely: for the way of a part beyond the bone around it.
struct FarBone: Sendable {
  /// Distances in mm to coarse cells in which there is bone.
  private let distances: Volume<Float>

  /// The side of a coarse cell in mm.
  private static let side = 2.0
  /// The share of a cell that is bone at least, so that half a mm of bone counts, which two cells may share.
  private static let leastShare: Float = 0.12
  /// Larger distances are not told apart, in mm.
  private static let most = 30.0

  /// Nil where there is no bone.
  ///
  /// - Complexity: O(voxels), one pass over the mask; 8 bytes a coarse cell.
  init?(of bone: Mask, threads: Int) {
    guard let grid = bone.occupancyGrid(cell: Self.side, threads: threads),
      let share = bone.occupancy(onto: grid, threads: threads)
    else { return nil }
    distances = share.inside(from: Self.leastShare, threads: threads)
      .distances(upTo: Self.most, threads: threads)
  }

  /// Calls `body` with a reader of these distances at positions in the voxels of another grid.
  func withField<Result>(on grid: Geometry, _ body: (FarField) -> Result) -> Result {
    let indexFromLPS = distances.geometry.indexFromLPS ?? Affine(linear: .identity)
    let map = indexFromLPS * grid.lpsFromIndex
    return distances.withField { body(FarField(field: $0, map: map)) }
  }
}

/// Coarse distances in mm at positions of a finer grid.
struct FarField {
  private let field: DistanceField
  private let x, y, z, origin: SIMD3<Float>

  init(field: DistanceField, map: Affine) {
    self.field = field
    let columns = map.linear
    (x, y, z) = (SIMD3<Float>(columns[0]), SIMD3<Float>(columns[1]), SIMD3<Float>(columns[2]))
    origin = SIMD3<Float>(map.translation)
  }

  /// How far bone is from a position, to about a mm; nil beyond all bone.
  @inline(__always)
  func distance(at p: SIMD3<Float>) -> Float? {
    let q = origin + p.x * x + p.y * y + p.z * z
    guard field.contains(q.x, q.y, q.z) else { return nil }
    // From the middle of a cell to where its bone may begin.
    return field.value(q.x, q.y, q.z) - 1
  }
}
