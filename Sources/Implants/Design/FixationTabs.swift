/// Straps at the rim of a part that lie on the bone beside it, a screw hole in each. Lengths are in mm.
public struct FixationTabs: Hashable, Sendable {
  /// How many; fewer are made where there is no room for them.
  public var count: Int
  /// The width of a tab, and of the round end with the hole.
  public var width: Double
  /// How thick it is above the gap to the bone.
  public var thickness: Double
  /// The diameter of the screw hole.
  public var screw: Double

  /// Tabs for screws of 2 mm.
  public init(count: Int, width: Double = 8, thickness: Double = 1.5, screw: Double = 2) {
    (self.count, self.width, self.thickness, self.screw) = (count, width, thickness, screw)
  }

  /// What a tab must have around its screw hole at least.
  static let ring = 1.5
  /// The width that a tab must have for its hole.
  public var leastWidth: Double { screw + 2 * Self.ring }
  /// From the rim to the near edge of the round end.
  static let seat = 1.0
  /// From the rim to the middle of the strap's inner end, which lies on the part.
  static let root = 2.0
}
