/// Which surface is taken between voxels inside and outside.
public enum SurfaceFamily: String, Hashable, Sendable, CaseIterable {
  /// Marching cubes: a vertex on each line between neighbouring voxels of which one is inside.
  case cubes
  /// The dual of these: a vertex in each cube of eight voxels that the surface crosses, and a quadrangle across each such
  /// line. Its triangles are more even.
  case dual
}
