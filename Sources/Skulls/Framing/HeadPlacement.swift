internal import Volumes
internal import VoxelOps

/// Where a head lies in its scan, in LPS mm, as far as the holes of a skull let one see it.
///
/// The sides are those of the bone, kept within a few mm of where the ellipsoid of the vault
/// (``VaultEllipsoid``) puts them: a face that was cut off moves the box of the bone by 16 mm, and
/// the ellipsoid by one.
struct HeadPlacement {
  /// The middle of the vault along x and y.
  var middle: SIMD2<Double>
  /// The highest bone, or where it was.
  var top: Double
  /// The lowest bone that belongs to the skull.
  var bottom: Double
  /// How far the vault reaches from its middle, the larger of x and y.
  var reach: Double
  /// The size of the bone along x, y, z, for a look at whether it is a head.
  var extent: SIMD3<Double>

  /// Heights of skulls without their jaws, in mm; bone further down is jaw and neck.
  static let heights = 140.0...178.0

  /// The part of the height above which bone is vault.
  private static let vault = 0.55

  /// The placement; nil where the mask is empty.
  ///
  /// - Complexity: two passes over the mask.
  init?(of bone: Mask) {
    guard let box = bone.lpsBox() else { return nil }
    extent = box.upper - box.lower
    top = box.upper.z
    let height = min(box.upper.z - box.lower.z, Self.heights.upperBound)
    bottom = top - height
    let vault = bone.lpsBox(above: bottom + Self.vault * height) ?? box
    middle = SIMD2(vault.lower.x + vault.upper.x, vault.lower.y + vault.upper.y) / 2
    let inside = SIMD3(middle.x, middle.y, top - 0.48 * max(height, Self.heights.lowerBound))
    if let ellipsoid = VaultEllipsoid(of: bone, around: inside) {
      // On 100 synthetic skulls the middle of the vault's box lies 0 ± 1.5 mm (x) and 6.5 ± 3 mm
      // before (y) the ellipsoid's, and the top within 1 mm of its.
      func near(_ value: Double, _ expected: Double, _ slack: Double) -> Double {
        min(max(value, expected - slack), expected + slack)
      }
      middle.x = near(middle.x, ellipsoid.centre.x, 3)
      middle.y = near(middle.y, ellipsoid.centre.y - 6.5, 4)
      top = near(top, ellipsoid.upper.z, 2)
    }
    reach = max(
      vault.upper.x - middle.x, middle.x - vault.lower.x, vault.upper.y - middle.y,
      middle.y - vault.lower.y)
  }
}
