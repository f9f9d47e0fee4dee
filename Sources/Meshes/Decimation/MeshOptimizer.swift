import CMeshOptimizer

/// The library that chooses the triangles of ``TriangleMesh/decimated(to:within:threads:)``.
public enum MeshOptimizer {
  /// The version that this was built with.
  public static var libraryVersion: String {
    "\(MESHOPTIMIZER_VERSION / 1000).\(MESHOPTIMIZER_VERSION / 10 % 100)"
  }
}
