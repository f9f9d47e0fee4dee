package import Volumes

extension Mask {
  /// The same voxels, moved in the patient's space.
  package func moved(by map: Affine) -> Mask {
    let placed = map * geometry.lpsFromIndex
    let grid = Geometry(
      sizes: sizes, space: .leftPosteriorSuperior, directions: placed.linear,
      origin: placed.translation)
    guard let moved = Mask(zerosAndOnes: asVolume.reoriented(grid)) else {
      preconditionFailure("a mask holds another value than 0 and 1")
    }
    return moved
  }
}
