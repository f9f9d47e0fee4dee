public import Volumes

/// A hole in a skull, with the bone that fills it known exactly.
public struct Defect: Sendable {
  /// What a hole looks like; the raw values name folders and options.
  public enum Kind: String, CaseIterable, Sendable, Codable {
    /// As SkullFix: a vertical square through the vault (half-width 20–34 mm) with a burr hole
    /// (radius 4–8.8 mm) at each corner.
    case prism
    /// A cube turned at random about a place of the vault, half-side 18–38 mm.
    case cube
    /// A ball about a place of the vault, radius 18–42 mm.
    case sphere
    /// A polygon of 5–9 corners on the vault, radius 20–42 mm, each corner ± 25 %.
    case polygon
    /// As SkullBreak: a ball of N(28, 8) mm and up to seven of N(16, 4) mm on its surface, edges
    /// warped by up to 4 mm; and the mirror image of them all.
    case bilateral
    /// The same balls, not mirrored, about the rim of an orbit.
    case frontoorbital
    /// The same balls about the side of the vault.
    case parietotemporal
    /// The same balls anywhere on the vault.
    case random
    /// As the skullVAE set: the front 19 % of the skull's length at full height, from one side over a
    /// random width.
    case facial
  }

  /// The kind of hole, which is also the name of its folder.
  public let kind: Kind
  /// The bone in the hole: complete ∧ hole, on the grid of the skull.
  public let implant: Mask
  /// What is left: complete ∧ ¬hole.
  public let defective: Mask
  /// The implant's fraction of the bone, from ``DefectDrawer/fractions``.
  public let fraction: Double
  /// How many holes were drawn until one took such a fraction.
  public let tries: Int
}
