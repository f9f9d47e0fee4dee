/// What of an implant and the skull around it goes into a patient's chart, beside what the completion found.
public struct ImplantMeasures: Codable, Hashable, Sendable {
  /// How far the outer table of the vault lies from its own mirror image, in mm: the mean over the vault, along rays from
  /// its middle. Nil where there is no vault.
  public var asymmetryMM: Double?
  /// The pieces of the implant, the largest first.
  public var pieces: [Piece]

  /// A piece of the implant: what fills a hole, or a part of it.
  public struct Piece: Codable, Hashable, Sendable {
    public var centroidLPS: [Double]
    /// Of the bone that is missing, as voxels.
    public var volumeMM3: Double
    /// How thick the bone around it is; nil where there is none with two tables.
    public var boneThickness: Thickness?
    /// How far its outer surface lies from the bone of the other side, mirrored, in mm: the mean. Nil where that has no
    /// bone there.
    public var mirrorMM: Double?
    /// The volume of the part that is made of it; nil where none is.
    public var partVolumeMM3: Double?
    /// The area of the part's surface.
    public var partAreaMM2: Double?
  }

  /// From the outer to the inner table, of the bone in a band around a piece, see ``ImplantMeasures/band``.
  public struct Thickness: Codable, Hashable, Sendable {
    public var medianMM: Double
    /// What a tenth of the bone does not exceed, and what a tenth exceeds.
    public var p10MM: Double
    public var p90MM: Double
  }

  /// Which bone counts as that around a piece: so many mm from it. What is nearer is the rim.
  public static let band = 3.0...13.0

  public init(asymmetryMM: Double?, pieces: [Piece]) {
    (self.asymmetryMM, self.pieces) = (asymmetryMM, pieces)
  }
}
