public import Dataflow
public import Volumes

/// The stages whose masks take longer to make than to read again. Not among them: `subtract`,
/// `binarize`, `downsample`, which pass over the voxels once.
extension Bone: StoringStage {}
extension Keep: StoringStage {}
extension Morph: StoringStage {}
extension Fill: StoringStage {}
extension Complete: StoringStage {}
extension Decode: StoringStage {}
extension Clean: StoringStage {}
extension Judge: StoringStage {}

extension StoringStage where Output == Mask {
  /// The grid and the runs of the mask, or its bits where those are fewer.
  ///
  /// - Complexity: a pass over the mask.
  public func stored(_ value: Mask) -> [UInt8] { StoredMask.bytes(of: value) }

  /// The mask of such bytes.
  ///
  /// - Throws: where they are not those of a mask.
  public func restored(_ bytes: [UInt8]) throws -> Mask { try StoredMask.mask(from: bytes) }

  /// A bit a voxel.
  public func storedBytes(of value: Extent) -> Int { StoredMask.byteCount(voxels: value.voxels) }
}
