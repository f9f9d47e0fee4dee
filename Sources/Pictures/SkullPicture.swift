import Meshes
public import Volumes
import VoxelOps

/// Single pictures of a skull and of what was added to it, for figures.
public enum SkullPicture {
  /// Skull and implant as shaded surfaces on white.
  ///
  /// - Parameters:
  ///   - implant: drawn yellow; may be empty.
  ///   - target: a place in LPS mm, such as the middle of a hole: the view is from the front and from its side. Nil: from the
  ///     front.
  ///   - side: of the square in pixels, at least 32.
  /// - Complexity: O(voxels + triangles + pixels).
  public static func surfaces(
    bone: Mask, implant: Mask, towards target: SIMD3<Double>?, side: Int, threads: Int = 1
  ) -> RGBImage {
    precondition(side >= 32, "a picture on which nothing is seen")
    func surface(_ mask: Mask) -> TriangleMesh {
      TriangleMesh(surfaceOf: mask, threads: threads).smoothed(iterations: 10, threads: threads)
    }
    let middle = bone.measurement(threads: threads).centroid ?? .zero
    var panel = SurfacePanel(
      width: side, height: side,
      axes: target.map { OrthographicCamera.axes(towards: $0 - middle) } ?? .front)
    panel.background = RGBImage.Colour(255, 255, 255)
    // Pieces of an implant far away do not make the skull smaller.
    let skull = surface(bone)
    return panel.draw(bone: skull, implant: surface(implant), framed: skull, title: nil)
  }

  /// The ways to cut a head.
  public enum Plane: String, Sendable, CaseIterable {
    case axial, coronal, sagittal

    fileprivate var axes: ViewAxes {
      switch self {
      case .axial: .axial
      case .coronal: .coronal
      case .sagittal: .sagittal
      }
    }
  }

  /// A slice through a place, with the letters of the patient's sides.
  ///
  /// - Parameters:
  ///   - view: the picture shows as much of the plane as this mask has of space, so that pictures of one head fit.
  ///   - place: in LPS mm.
  /// - Complexity: O(voxels of `view` + pixels).
  public static func slice(
    bone: Mask, implant: Mask, _ plane: Plane, through place: SIMD3<Double>, showing view: Mask,
    side: Int, threads: Int = 1
  ) -> RGBImage {
    precondition(side >= 32, "a picture on which nothing is seen")
    let box = LPSBox(of: [(view, view.measurement(threads: threads).boundingBox)]).grown(by: 8)
    let away = plane.axes.away
    let centre = box.centre + away * (place - box.centre).dot(away)
    let across = max(abs(box.extent.dot(plane.axes.right)), abs(box.extent.dot(plane.axes.up)))
    let cut = SlicePlane(
      axes: plane.axes, centre: centre, width: side, height: side,
      pixelsPerMillimetre: Double(side) / max(across, 1))
    return SlicePanel(plane: cut, title: "").draw(scan: nil, bone: bone, implant: implant)
  }
}

extension ViewAxes {
  /// From the front, a little from above.
  fileprivate static let front = ViewAxes(towardsViewer: SIMD3(0, -0.98, 0.199))
}
