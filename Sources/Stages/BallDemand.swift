import Dataflow
import VoxelOps
import Volumes
import Glibc

/// The memory that dilating, eroding or closing by a ball takes, on a grid of which only the extent is known.
struct BallDemand {
  /// Peak bytes on one core.
  let bytes: Int
  /// Bytes for each further core.
  let bytesEach: Int

  /// Computed for a cube of the same voxels and mm, plus half of that for grids of other shapes.
  init(radius: Double, on mask: Extent, closing: Bool) {
    // More voxels than 2⁵¹ fit nowhere.
    let side = max(1, Int(min(cbrt(Double(mask.voxels)), 0x1p17).rounded(.up)))
    // If the spacing is unknown, assume the worst: a ball as large as the grid.
    let step = cbrt(mask.cubicMillimetres) / Double(side)
    func bytes(threads: Int) -> Int {
      let bytes = Mask.ballBytes(
        GridSize(side, side, side), radius: step > 0 ? radius : 1e9,
        spacing: SIMD3(repeating: step > 0 ? step : 1), closing: closing, threads: threads)
      return bytes + bytes / 2
    }
    self.bytes = bytes(threads: 1)
    bytesEach = bytes(threads: 2) - self.bytes
  }
}
