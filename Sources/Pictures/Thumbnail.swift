import Meshes
public import Volumes
import VoxelOps

/// A small picture of a case, for lists of many: skull and implant as surfaces, seen from outside onto the implant.
public enum Thumbnail {
  /// Draws the picture.
  ///
  /// - Parameters:
  ///   - implant: drawn yellow; may be empty.
  ///   - side: of the square in pixels, at least 32.
  /// - Complexity: O(voxels), and O(triangles) of masks of at most two million voxels; about 20 MB.
  public static func render(
    bone: Mask, implant: Mask, side: Int = 160, threads: Int = 1
  ) -> RGBImage {
    precondition(side >= 32, "a thumbnail on which nothing is seen")
    func surface(_ mask: Mask) -> TriangleMesh {
      TriangleMesh(
        surfaceOf: mask.coarser(toAtMost: 2_000_000, threads: threads), threads: threads
      ).smoothed(iterations: 5, threads: threads)
    }
    let middle = bone.measurement(threads: threads).centroid ?? .zero
    let place = implant.measurement(threads: threads).centroid
    let panel = SurfacePanel(
      width: side, height: side,
      axes: OrthographicCamera.axes(towards: place.map { $0 - middle } ?? .zero))
    return panel.draw(bone: surface(bone), implant: surface(implant), title: nil)
  }
}
