public import Errors
import VoxelOps
public import Volumes

/// How far two surfaces lie apart: for each surface voxel of either mask the distance to the nearest
/// surface voxel of the other, all in one set.
///
/// The surface of a mask is what its erosion by the cross of six neighbours takes away; outside the
/// grid is background. *Units*: mm.
///
/// *Source*: the AutoImplant challenge's evaluation, which takes percentiles of both directed sets
/// concatenated (not the larger of two percentiles).
public struct SurfaceDistances: Sendable {
  // Squares: exact where distances would be rounded, and the order is the same.
  let squares: [Float]

  /// How many surface voxels the two masks have together.
  public var count: Int { squares.count }

  /// The largest distance: the Hausdorff distance.
  public var maximum: Double { Double(squares.max() ?? 0).squareRoot() }

  /// A percentile from 0 to 100, linear between the two nearest ranks as numpy's default.
  ///
  /// - Complexity: O(count), no sorting.
  public func percentile(_ percent: Double) -> Double {
    let rank = Double(count - 1) * min(max(percent, 0), 100) / 100
    let lower = Int(rank)
    let part = rank - Double(lower)
    let a = Double(RankSelection.value(ofRank: lower, in: squares)).squareRoot()
    if part == 0 { return a }
    let b = Double(RankSelection.value(ofRank: lower + 1, in: squares)).squareRoot()
    return a + (b - a) * part
  }
}

extension Mask {
  /// The distances between the surfaces of two masks; nil where one of them is empty.
  ///
  /// Exact but for rounding to float (relative error below 1e-7).
  /// - Throws: `Diagnostic` with code `gridMismatch`.
  /// - Complexity: three bits a voxel of the box that holds both masks and 4 bytes a surface voxel.
  ///   Surfaces near each other cost a search of the rows around each voxel; where many voxels have
  ///   nothing near, a distance transform of that box takes over, with 4 bytes a voxel of it.
  public func surfaceDistances(
    to other: Mask, threads: Int = 1
  ) throws(Diagnostic) -> SurfaceDistances? {
    try geometry.requireMatch(with: other.geometry)
    guard let mine = boundingBox(threads: threads), let its = other.boundingBox(threads: threads)
    else { return nil }
    let box = mine.union(its)
    let a = BitGrid(self, in: box, threads: threads).surface(threads: threads)
    let b = BitGrid(other, in: box, threads: threads).surface(threads: threads)
    let search = NearestSurface(spacing: geometry.spacing, box: box)
    return SurfaceDistances(
      squares: search.squares(from: a, to: b, threads: threads)
        + search.squares(from: b, to: a, threads: threads))
  }
}
