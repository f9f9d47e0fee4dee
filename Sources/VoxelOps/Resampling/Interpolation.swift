/// How a value between voxel centres is made.
public enum Interpolation: String, CaseIterable, Hashable, Sendable {
  /// The nearest voxel; half way between two the one of the higher index. A point within 1e-6
  /// voxels of half way counts as half way, so that rounding decides nothing.
  case nearest
  /// Trilinear between voxel centres; in the outer half of the outermost voxels the value of the
  /// border continues.
  case linear
  /// The mean over the box that the new voxel covers, parts of voxels weighted by their share:
  /// exact where the axes of the two grids are parallel. Where they are not, the mean of trilinear
  /// samples, as many along each axis as the new voxel is long in old ones (rounded up).
  case area
  /// The cubic B-spline that runs through the voxel centres: smooth in its first two derivatives, and
  /// above or below the values around it where they turn sharply. Mirrored at the outermost centres.
  case cubic
}
