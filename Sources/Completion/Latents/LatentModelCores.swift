import Concurrency
import VoxelOps

/// How many cores help with a network and with the passes over the scan before and behind it.
public enum LatentModelCores {
  /// Voxels of the network's input that a core is worth starting for: a millisecond or more.
  private static let worthwhile = 1 << 14

  /// The most cores that help.
  public static func most(of model: (any LatentShapeModel)?, voxels: Int) -> Int {
    max(1, (model?.inputVoxels ?? 0) / worthwhile, voxels / Slabs.worthwhile)
  }
}
