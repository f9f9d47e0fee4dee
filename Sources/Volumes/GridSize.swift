/// The sizes of a grid along x, y, z in voxels; x is the fastest axis.
public struct GridSize: Hashable, Sendable, CustomStringConvertible {
  /// Voxels along the fastest axis.
  public var x: Int
  /// Voxels along the second axis.
  public var y: Int
  /// Voxels along the slowest axis.
  public var z: Int

  /// - Precondition: every size is positive and the product fits `Int`; readers check first.
  @inlinable
  public init(_ x: Int, _ y: Int, _ z: Int) {
    precondition(x > 0 && y > 0 && z > 0, "a size that is not positive")
    precondition(
      !x.multipliedReportingOverflow(by: y).overflow
        && !(x * y).multipliedReportingOverflow(by: z).overflow, "sizes overflow")
    (self.x, self.y, self.z) = (x, y, z)
  }

  /// The number of voxels, x · y · z.
  @inlinable public var count: Int { x * y * z }

  /// The place of voxel (i, j, k) in memory.
  @inlinable
  public func offset(_ i: Int, _ j: Int, _ k: Int) -> Int {
    precondition(i >= 0 && i < x && j >= 0 && j < y && k >= 0 && k < z, "index outside the grid")
    return i + x * (j + y * k)
  }

  /// The size along axis 0, 1 or 2.
  @inlinable public subscript(axis: Int) -> Int { axis == 0 ? x : axis == 1 ? y : z }

  /// Such as `256 × 256 × 108`.
  public var description: String { "\(x) × \(y) × \(z)" }
}
