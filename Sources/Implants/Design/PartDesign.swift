/// What a part to be made has beyond the shape of the bone that is missing. Lengths are in mm.
public struct PartDesign: Hashable, Sendable {
  public enum Thickness: Hashable, Sendable {
    /// As thick as the implant was completed.
    case own
    /// So many mm everywhere, measured from the outer surface.
    case constant(Double)
    /// A share of what was completed, taken from the inside; 1 is all.
    case share(Double)
  }
  /// What becomes of walls that are thinner than the least.
  public enum ThinWalls: String, Hashable, Sendable, CaseIterable {
    /// Edges that taper off are cut back, and walls thickened to the inside.
    case thicken
    /// They are cut away.
    case remove
  }
  /// What becomes of the places where bone is in the way of the part.
  public enum Undercuts: String, Hashable, Sendable, CaseIterable {
    /// They are taken from the part.
    case remove
    /// They stay, and are told.
    case report
  }

  /// The gap to the bone, at rest and on the way in.
  public var clearance: Double
  /// How far the steps of the voxels are spread, as a standard deviation; the surface moves by half a voxel
  /// at most.
  public var smoothing: Double
  public var thickness: Thickness
  /// The thinnest wall, in mm.
  public var wall: Double
  /// What becomes of thinner ones.
  public var thinWalls: ThinWalls
  public var undercuts: Undercuts
  /// How far the outer surface lies below the bone's, in the middle; at the rim it is flush.
  public var underContour: Double
  /// The width of a bevel at the outer edge; 0: the edge is round as the thinnest wall is.
  public var bevel: Double
  /// The gap to bone below the part, towards the feet; not less than ``clearance``.
  public var caudalGap: Double
  /// Holes through the part; nil: none.
  public var perforations: Perforations?
  /// Straps at the rim that are screwed to the bone; nil: none.
  public var tabs: FixationTabs?
  /// A row of small holes along the rim; nil: none.
  public var sutures: SutureHoles?
  /// A text on the outer surface; nil: none.
  public var label: CaseLabel?
  /// The smallest further part, in mm³.
  public var minPart: Double

  /// A design. The gap of 0.3 mm is one that bone, scan and printer together keep to.
  public init(
    clearance: Double = 0.3, smoothing: Double = 1.2, thickness: Thickness = .own, wall: Double = 1,
    thinWalls: ThinWalls = .thicken, undercuts: Undercuts = .remove, underContour: Double = 0,
    bevel: Double = 0, caudalGap: Double = 0, perforations: Perforations? = nil,
    tabs: FixationTabs? = nil, sutures: SutureHoles? = nil, label: CaseLabel? = nil,
    minPart: Double = 400
  ) {
    (self.clearance, self.smoothing) = (clearance, smoothing)
    (self.thickness, self.wall) = (thickness, wall)
    (self.thinWalls, self.undercuts, self.underContour) = (thinWalls, undercuts, underContour)
    (self.bevel, self.caudalGap, self.perforations) = (bevel, caudalGap, perforations)
    (self.tabs, self.sutures, self.label) = (tabs, sutures, label)
    self.minPart = minPart
  }
}

extension PartDesign {
  /// Whether the outer and the inner surface must be known apart.
  var usesTables: Bool { thickness != .own || underContour > 0 || bevel > 0 }

  /// How far from bone and from the implant distances must be known, in mm; less is worked out sooner.
  ///
  /// - Parameter voxel: the longest side of a voxel in mm.
  func reach(voxel: Double) -> Float {
    let isPlain = !usesTables && !hasFeatures && caudalGap == 0
    return Float((isPlain ? min(30, 8 + clearance + wall) : 30) + voxel)
  }

  /// How deep below the outer surface anything is done, in mm.
  var deepest: Float {
    let thick: Double =
      switch thickness {
      case .own, .share: 0
      case .constant(let thickness): thickness
      }
    return Float(max(thick + underContour, bevel))
  }
}

/// Holes through a part, in rows on its curved surface. Lengths are in mm.
public struct Perforations: Hashable, Sendable {
  /// The diameter of a hole, in mm.
  public var diameter: Double
  /// From the middle of a hole to that of the next.
  public var spacing: Double
  /// From the edge of a hole to the rim, at least.
  public var margin: Double

  /// Holes of 2 mm every 10 mm.
  public init(diameter: Double = 2, spacing: Double = 10, margin: Double = 5) {
    (self.diameter, self.spacing, self.margin) = (diameter, spacing, margin)
  }
}
