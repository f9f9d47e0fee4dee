internal import Skulls
internal import Volumes
internal import VoxelOps

extension Mask {
  /// The result of completing what is a head's of this mask; table and holder stay as they are.
  ///
  /// - Complexity: as ``BoneRule/head(of:threads:)``, and a pass where anything is left out.
  /// - Throws: what `complete` throws.
  func completedAsHead(threads: Int, _ complete: (Mask) throws -> CompletedSkull) throws
    -> CompletedSkull
  {
    let head = BoneRule.head(of: self, threads: threads)
    var result = try complete(head)
    guard head.voxelCount != voxelCount else { return result }
    result.mask = try result.mask.union(self, threads: threads)
    return result
  }
}
