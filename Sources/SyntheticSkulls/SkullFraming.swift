public import Volumes
internal import VoxelOps

/// The grid that a scan of a real skull must be resampled to in order to lie as the population's
/// skulls do on average.
///
/// Along x and y the middle of the grid is the middle of the box of the bone above 55 % of its
/// height: of the vault, which a defect of one side hardly changes. Along z it begins
/// ``Population/meanLowerCut`` above the lowest bone and ends ``Population/meanHeadroom`` above the
/// highest.
public enum SkullFraming {
  /// The grid of a size about a skull, in LPS mm along the axes; nil where the mask is empty or its
  /// geometry singular.
  ///
  /// - Parameter fieldOfView: the grid's length along x and y in mm.
  /// - Complexity: one pass over the mask.
  public static func geometry(
    for bone: Mask, size: GridSize, fieldOfView: Double = Population.meanFieldOfView
  ) -> Geometry? {
    guard bone.geometry.indexFromLPS != nil, let box = bone.lpsBox(above: -.infinity),
      let vault = bone.lpsBox(above: box.lower.z + 0.55 * (box.upper.z - box.lower.z))
    else { return nil }
    let bottom = box.lower.z + Population.meanLowerCut
    let top = box.upper.z + Population.meanHeadroom
    let spacing = SIMD3(
      fieldOfView / Double(size.x), fieldOfView / Double(size.y),
      max(top - bottom, 1) / Double(size.z))
    var geometry = Geometry(sizes: size, spacing: spacing)
    let middle = (vault.lower + vault.upper) / 2
    geometry.origin = SIMD3(
      middle.x - Double(size.x - 1) / 2 * spacing.x, middle.y - Double(size.y - 1) / 2 * spacing.y,
      bottom + spacing.z / 2)
    return geometry
  }
}
