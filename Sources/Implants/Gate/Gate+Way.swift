public import Meshes
public import Volumes

extension Gate {
  /// The way out of a part on which least of it comes nearer to bone than it should, of those that are known or else of
  /// all, in LPS, of length 1; nil where no bone is near.
  public func way(
    of part: TriangleMesh, outOf bone: Mask, threads: Int = 1
  ) -> SIMD3<Double>? {
    guard !part.isEmpty, let near = BoneFit.near(part, bone) else { return nil }
    let tree = TriangleTree(TriangleMesh(surfaceOf: near, threads: threads), threads: threads)
    let slide = SlideTest(
      of: part, pieces: [Int](repeating: 0, count: part.triangles.count), known: ways,
      through: near, in: tree, of: bone, limit: clearance - bone.geometry.spacing.max() / 2,
      threads: threads)
    return slide.ways.first
  }
}
