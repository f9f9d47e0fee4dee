import Concurrency
import Dataflow
import VoxelOps

extension Cores {
  /// The cores that help with passes over so many voxels.
  init(voxels: Int, bytesEach: Int = 0) {
    self.init(for: voxels, share: Slabs.worthwhile, bytesEach: bytesEach)
  }
}
