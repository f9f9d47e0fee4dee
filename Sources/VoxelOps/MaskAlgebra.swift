public import Volumes

extension Mask {
  /// The voxels of this mask that are not in another.
  ///
  /// *Shape*: both on the same grid; the result has the geometry of this mask.
  /// - Throws: `VoxelOpsError` with code `gridMismatch` where the grids differ by more than 1e-3 mm.
  /// - Complexity: one pass over both masks; one new mask.
  public func subtracting(_ other: Mask, threads: Int = 1) throws(VoxelOpsError) -> Mask {
    try combined(with: other, threads: threads) { $0 & ~$1 }
  }

  /// The voxels in both masks.
  ///
  /// *Shape*: both on the same grid; the result has the geometry of this mask.
  /// - Throws: `VoxelOpsError` with code `gridMismatch` where the grids differ by more than 1e-3 mm.
  /// - Complexity: one pass over both masks; one new mask.
  public func intersection(_ other: Mask, threads: Int = 1) throws(VoxelOpsError) -> Mask {
    try combined(with: other, threads: threads) { $0 & $1 }
  }

  /// The voxels in one of the masks or in both.
  ///
  /// *Shape*: both on the same grid; the result has the geometry of this mask.
  /// - Throws: `VoxelOpsError` with code `gridMismatch` where the grids differ by more than 1e-3 mm.
  /// - Complexity: one pass over both masks; one new mask.
  public func union(_ other: Mask, threads: Int = 1) throws(VoxelOpsError) -> Mask {
    try combined(with: other, threads: threads) { $0 | $1 }
  }

  /// The voxels in exactly one of the masks.
  ///
  /// *Shape*: both on the same grid; the result has the geometry of this mask.
  /// - Throws: `VoxelOpsError` with code `gridMismatch` where the grids differ by more than 1e-3 mm.
  /// - Complexity: one pass over both masks; one new mask.
  public func symmetricDifference(
    _ other: Mask, threads: Int = 1
  ) throws(VoxelOpsError) -> Mask {
    try combined(with: other, threads: threads) { $0 ^ $1 }
  }

  /// The voxels of the grid that are not in the mask.
  ///
  /// - Complexity: one pass; one new mask.
  public func inverted(threads: Int = 1) -> Mask {
    Mask(unwrittenOn: geometry) { out in
      withBytes { bytes in
        Slabs.run(bytes.count, threads: threads) { for i in $0 { out[i] = 1 &- bytes[i] } }
      }
    }
  }

  @inline(__always)
  private func combined(
    with other: Mask, threads: Int, _ operation: (UInt8, UInt8) -> UInt8
  ) throws(VoxelOpsError) -> Mask {
    try geometry.requireMatch(with: other.geometry)
    return Mask(unwrittenOn: geometry) { out in
      withBytes { a in
        other.withBytes { b in
          Slabs.run(out.count, threads: threads) { slab in
            let (a, b, out) = (a.baseAddress!, b.baseAddress!, out.baseAddress!)
            for i in slab { out[i] = operation(a[i], b[i]) }
          }
        }
      }
    }
  }
}
