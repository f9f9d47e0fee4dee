import Concurrency
import Dataflow
import VoxelOps

extension Cores {
  /// The cores that help with passes over this number of voxels.
  init(voxels: Int, bytesEach: Int = 0) {
    self.init(for: voxels, worthwhile: Slabs.worthwhile, bytesEach: bytesEach)
  }

  /// The cores that help to decode a latent of this extent: a network that takes 2 MiB keeps a core busy
  /// for a millisecond.
  init(latentOf extent: Extent) {
    self.init(most: max(extent.voxels / Slabs.worthwhile, extent.decodingBytes >> 21))
  }
}
