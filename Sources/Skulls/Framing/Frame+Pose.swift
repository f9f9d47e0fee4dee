internal import Volumes

extension Frame {
  /// The box about a head's vault as ``FramingRule/fieldOfView`` lays it about an upright head of mean size: the head is
  /// turned and resized by its pose first, and the box turned back with it.
  ///
  /// The pose tells directions and size, to some degrees and percent. Where the sides of the vault are is taken from its
  /// bone: heads differ in shape, and a reference head laid onto one of another shape is off by several mm.
  ///
  /// - Returns: nil where there is no bone.
  /// - Complexity: three passes over the mask, which is not copied.
  static func grid(of shape: GridSize, about pose: HeadPose, in bone: Mask) -> Geometry? {
    let size = HeadBox.size(of: pose)
    let map = pose.headFromLPS * bone.geometry.lpsFromIndex
    let upright = Geometry(
      sizes: bone.sizes, space: .leftPosteriorSuperior,
      directions: Matrix3(diagonal: SIMD3(repeating: 1 / size)) * map.linear,
      origin: map.translation / size)
    guard let turned = Mask(zerosAndOnes: bone.asVolume.reoriented(upright)),
      let placement = HeadPlacement(of: turned)
    else { return nil }
    let box = placement.grid(of: shape, in: turned)
    return Geometry(
      sizes: shape, space: .leftPosteriorSuperior,
      directions: pose.lpsFromHead.linear * box.directions
        * Matrix3(diagonal: SIMD3(repeating: size)),
      origin: pose.lpsFromHead * (size * box.origin))
  }
}
