public import Volumes

/// The box that latent models see of a head, in the mean of the training skulls (`Population`), in the head's own frame.
///
/// ``Frame`` lays it about a scan's bone; training skulls that have no scan get it here.
///
/// *Measured* on the sample CT's population, 30 skulls of seed 1: the boxes of the skulls' grids, seen from the poses that
/// are found in them. The poses differ from the true ones by 1.2° about x, 0.6° about y and z, 1.3 mm and 1 % (sd).
public enum HeadBox {
  /// The middle of the box, in mm of the head's frame, of a head of scale 1.
  public static let centre = SIMD3(0.0, -13.5, 5.6)
  /// Its sides along the head's axes, in mm, of a head of scale 1.
  public static let sides = SIMD3(213.6, 213.6, 163.5)
  /// The scale that is found of a head of the mean training skull's size.
  static let meanScale = 1.04
  /// Sizes of heads relative to the mean training skull's that are given a box of their own size; beyond these the
  /// nearest one.
  static let sizes = 0.6...1.25

  /// The size of a head relative to the mean training skull's.
  static func size(of pose: HeadPose) -> Double {
    min(max(pose.scale / meanScale, sizes.lowerBound), sizes.upperBound)
  }

  /// The grid of a shape over the box of a head: its axes run to the head's left, to its back and to its top.
  public static func grid(of shape: GridSize, about pose: HeadPose) -> Geometry {
    let scale = meanScale * size(of: pose)
    let axes = pose.lpsFromHead.linear
    let spacing =
      scale * sides / SIMD3(Double(shape.x), Double(shape.y), Double(shape.z))
    var grid = Geometry(
      sizes: shape, space: .leftPosteriorSuperior,
      directions: Matrix3(axes[0] * spacing.x, axes[1] * spacing.y, axes[2] * spacing.z))
    let half = SIMD3(Double(shape.x - 1), Double(shape.y - 1), Double(shape.z - 1)) / 2
    grid.origin = pose.lpsFromHead * (scale * centre) - grid.directions * half
    return grid
  }
}
