public import Errors
import Skulls
import VoxelOps
public import Volumes

/// How an implant's two tables lie, in mm: to those of the true implant, and to those of the bone at the rim.
///
/// The outer table is the surface that faces away from the centroid of the skull's bone, the inner table the one
/// that faces it; the walls at the rim are neither. Surfaces are those of the masks smoothed by 0.8 mm, or by half
/// a voxel of the longest side, and lie between voxels.
public struct ShapeScores: Hashable, Sendable {
  /// A value for each table; nil where it cannot be formed.
  public struct Sides: Hashable, Sendable {
    public var outside: Double?
    public var inside: Double?
  }

  /// The mean distance between the implant's table and the truth's, from either to the other.
  public var surface: Sides
  /// The median step from the bone's table to the implant's, all around the rim; see ``RimStep``.
  public var rimStep: Sides
}

extension Mask {
  /// Measures this mask, an implant, against the truth and at the rim of the skull's hole.
  ///
  /// *Shape*: all masks on one grid.
  /// - Throws: `Diagnostic` with code `gridMismatch` where grids differ by more than 1e-3 mm.
  /// - Complexity: O(voxels of the box around both masks, 10 mm wider); 7 bytes a voxel of it. The same at any
  ///   `threads`.
  public func shapeScores(
    against truth: Mask, defective: Mask, threads: Int = 1
  ) throws(Diagnostic) -> ShapeScores {
    try geometry.requireMatch(with: truth.geometry)
    guard let middle = try headMiddle(of: defective, threads: threads) else {
      return ShapeScores(surface: .init(), rimStep: .init())
    }
    return ShapeScores(
      surface: try TableDistances.between(self, truth, middle: middle, threads: threads),
      rimStep: try rimStep(against: defective, middle: middle, threads: threads))
  }

  /// The median step in mm from the tables of the bone to those of this mask, an implant, all around the rim.
  ///
  /// Needs no truth. *Shape*: both masks on one grid.
  /// - Throws: `Diagnostic` with code `gridMismatch` where grids differ by more than 1e-3 mm.
  /// - Complexity: as ``shapeScores(against:defective:threads:)``.
  public func rimStep(
    against defective: Mask, threads: Int = 1
  ) throws(Diagnostic) -> ShapeScores.Sides {
    guard let middle = try headMiddle(of: defective, threads: threads) else { return .init() }
    return try rimStep(against: defective, middle: middle, threads: threads)
  }

  /// The centroid of a skull's bone.
  private func headMiddle(
    of skull: Mask, threads: Int
  ) throws(Diagnostic) -> SIMD3<Double>? {
    try geometry.requireMatch(with: skull.geometry)
    return skull.measurement(threads: threads).centroid
  }

  private func rimStep(
    against defective: Mask, middle: SIMD3<Double>, threads: Int
  ) throws(Diagnostic) -> ShapeScores.Sides {
    guard let box = boundingBox(threads: threads) else { return .init() }
    let part = box.grown(by: 10, on: geometry)
    let rim = try RimStep(
      of: cropped(to: part), in: defective.cropped(to: part), middle: middle, threads: threads)
    return ShapeScores.Sides(outside: rim.median(.outer), inside: rim.median(.inner))
  }
}
