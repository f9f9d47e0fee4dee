import Concurrency
public import Errors
public import Volumes

extension Mask {
  /// The voxels of this mask that are not in another.
  ///
  /// *Shape*: both on the same grid; the result has the geometry of this mask.
  /// - Throws: `Diagnostic` with code `gridMismatch` where the grids differ by more than 1e-3 mm.
  /// - Complexity: one pass over both masks; one new mask.
  public func subtracting(_ other: Mask, threads: Int = 1) throws(Diagnostic) -> Mask {
    try combined(with: other, by: Difference.self, threads: threads)
  }

  /// The voxels in both masks.
  ///
  /// *Shape*: both on the same grid; the result has the geometry of this mask.
  /// - Throws: `Diagnostic` with code `gridMismatch` where the grids differ by more than 1e-3 mm.
  /// - Complexity: one pass over both masks; one new mask.
  public func intersection(_ other: Mask, threads: Int = 1) throws(Diagnostic) -> Mask {
    try combined(with: other, by: Intersection.self, threads: threads)
  }

  /// The voxels in one of the masks or in both.
  ///
  /// *Shape*: both on the same grid; the result has the geometry of this mask.
  /// - Throws: `Diagnostic` with code `gridMismatch` where the grids differ by more than 1e-3 mm.
  /// - Complexity: one pass over both masks; one new mask.
  public func union(_ other: Mask, threads: Int = 1) throws(Diagnostic) -> Mask {
    try combined(with: other, by: Union.self, threads: threads)
  }

  /// The voxels in exactly one of the masks.
  ///
  /// *Shape*: both on the same grid; the result has the geometry of this mask.
  /// - Throws: `Diagnostic` with code `gridMismatch` where the grids differ by more than 1e-3 mm.
  /// - Complexity: one pass over both masks; one new mask.
  public func symmetricDifference(
    _ other: Mask, threads: Int = 1
  ) throws(Diagnostic) -> Mask {
    try combined(with: other, by: SymmetricDifference.self, threads: threads)
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

  private func combined<Operation: BitOperation>(
    with other: Mask, by _: Operation.Type, threads: Int
  ) throws(Diagnostic) -> Mask {
    try geometry.requireMatch(with: other.geometry)
    return Mask(unwrittenOn: geometry) { out in
      withBytes { a in
        other.withBytes { b in
          Slabs.run(out.count, threads: threads) { slab in
            let (a, b, out) = (a.baseAddress!, b.baseAddress!, out.baseAddress!)
            for i in slab { out[i] = Operation.apply(a[i], b[i]) }
          }
        }
      }
    }
  }
}

/// What is made of the voxels of two masks at one place, both 0 or 1; a type for the reason that
/// ``VoxelMapping`` is one.
private protocol BitOperation {
  static func apply(_ a: UInt8, _ b: UInt8) -> UInt8
}

private enum Difference: BitOperation {
  static func apply(_ a: UInt8, _ b: UInt8) -> UInt8 { a & ~b }
}

private enum Intersection: BitOperation {
  static func apply(_ a: UInt8, _ b: UInt8) -> UInt8 { a & b }
}

private enum Union: BitOperation {
  static func apply(_ a: UInt8, _ b: UInt8) -> UInt8 { a | b }
}

private enum SymmetricDifference: BitOperation {
  static func apply(_ a: UInt8, _ b: UInt8) -> UInt8 { a ^ b }
}
