public import Volumes

/// What can go wrong in an operation on voxels.
public struct VoxelOpsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of mistake.
  public enum Code: String, Hashable, Sendable {
    /// Two volumes that must share a grid have other sizes or lie elsewhere.
    case gridMismatch
    /// A geometry whose directions do not span space, or are not numbers.
    case singularGeometry
    /// A size or spacing that is not positive, or a grid that would be too large.
    case badSize
    /// A code of an orientation that is none.
    case badOrientation
  }

  /// The kind of mistake.
  public let code: Code
  /// What was expected, what was found and what to do, in one line.
  public let message: String
  /// How far two grids of the same sizes lie apart, in mm, where that is the mistake.
  public let mismatch: Double?

  /// An error of a kind with its message.
  public init(_ code: Code, _ message: String, mismatch: Double? = nil) {
    self.code = code
    self.message = message
    self.mismatch = mismatch
  }

  /// The message.
  public var description: String { message }
}

extension Geometry {
  /// The distance in mm above which two grids are not the same.
  public static var matchTolerance: Double { 1e-3 }

  /// Makes sure that two volumes share a grid.
  ///
  /// - Throws: `VoxelOpsError` with code `gridMismatch` and the distance in mm where the sizes
  ///   differ or a corner lies further than ``matchTolerance`` from its counterpart.
  public func requireMatch(with other: Geometry) throws(VoxelOpsError) {
    guard let distance = mismatch(with: other) else {
      throw VoxelOpsError(
        .gridMismatch,
        "grid: expected sizes \(sizes), found \(other.sizes); "
          + "resample one onto the grid of the other")
    }
    guard distance <= Self.matchTolerance else {
      throw VoxelOpsError(
        .gridMismatch,
        "grid: expected corners within \(Self.matchTolerance) mm of each other, "
          + "found \(distance) mm; resample one onto the grid of the other",
        mismatch: distance)
    }
  }
}
