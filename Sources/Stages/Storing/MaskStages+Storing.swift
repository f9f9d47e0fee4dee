public import Dataflow
public import Volumes

/// The stages whose masks take longer to make than to read from the cache. `subtract`, `resect`, `binarize` and
/// `downsample` are not among them: they pass over the voxels once.
extension Bone: StoringStage {}
extension Keep: StoringStage {}
extension Morph: StoringStage {}
extension Fill: StoringStage {}
extension Complete: StoringStage {}
extension Decode: StoringStage {}
extension Clean: StoringStage {}
extension Judge: StoringStage {}

extension StoringStage where Output == Mask {
  /// The grid and the runs of the mask, or its bits if those take less space.
  ///
  /// - Complexity: a pass over the mask.
  public func stored(_ value: Mask) -> [UInt8] { StoredMask.bytes(of: value) }

  /// Reads such bytes as a mask.
  ///
  /// - Throws: if they are not a mask.
  public func restored(_ bytes: [UInt8]) throws -> Mask { try StoredMask.mask(from: bytes) }

  /// One bit per voxel.
  public func storedBytes(of value: Extent) -> Int { StoredMask.byteCount(voxels: value.voxels) }
}
