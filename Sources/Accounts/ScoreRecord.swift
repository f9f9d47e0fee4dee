/// The scores of an implant in accounts, or why there are none.
public struct ScoreRecord: Codable, Hashable, Sendable {
  /// The scores, see `MaskScores`; nil if undefined.
  public var dsc, bdsc, hd95, hd: Double?
  /// A raw value of `MaskScores.Status`, or `failed`.
  public var status: String
  /// Why there are no scores.
  public var failure: CaseFailure?
  /// The file that was scored against.
  public var truth: String
  /// SHA-256 of its bytes; null if it could not be read.
  public var truthSHA256: String?
  /// Spacing of the grid along x, y, z, in mm.
  public var spacing: [Double]
  /// The time for reading the truth and scoring, in seconds.
  public var seconds: Double

  public init(
    dsc: Double? = nil, bdsc: Double? = nil, hd95: Double? = nil, hd: Double? = nil,
    status: String, failure: CaseFailure? = nil, truth: String, truthSHA256: String?,
    spacing: [Double], seconds: Double
  ) {
    (self.dsc, self.bdsc, self.hd95, self.hd) = (dsc, bdsc, hd95, hd)
    (self.status, self.failure) = (status, failure)
    (self.truth, self.truthSHA256) = (truth, truthSHA256)
    (self.spacing, self.seconds) = (spacing, seconds)
  }
}
