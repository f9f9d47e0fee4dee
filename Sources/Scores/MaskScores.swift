/// How well a predicted implant fits the true one, by the official measures of the AutoImplant
/// challenge.
///
/// A value that cannot be formed is nil, never NaN; ``status`` says why.
public struct MaskScores: Hashable, Sendable {
  /// Whether both masks have voxels; the raw value is what tables and JSON use.
  public enum Status: String, CaseIterable, Hashable, Sendable {
    /// Both have.
    case ok
    /// Nothing is predicted although there is something.
    case emptyPrediction = "empty-prediction"
    /// Something is predicted where there is nothing.
    case emptyTruth = "empty-truth"
    /// Neither has; there is nothing to compare.
    case bothEmpty = "both-empty"
  }

  /// Dice: 2·|A ∩ B| / (|A| + |B|), from 0 to 1; nil where both are empty.
  public var dsc: Double?
  /// Dice among the voxels near the defective skull; nil without one, and where neither mask has any
  /// voxel there.
  public var bdsc: Double?
  /// The 95th percentile of the distances between the surfaces, in mm; nil unless both have voxels.
  public var hd95: Double?
  /// The largest distance between the surfaces, in mm; nil unless both have voxels.
  public var hd: Double?
  /// Whether both masks have voxels.
  public var status: Status

  public init(dsc: Double?, bdsc: Double?, hd95: Double?, hd: Double?, status: Status) {
    (self.dsc, self.bdsc) = (dsc, bdsc)
    // Squares of distances beyond what a Float holds are no distances.
    self.hd95 = hd95.flatMap { $0.isFinite ? $0 : nil }
    self.hd = hd.flatMap { $0.isFinite ? $0 : nil }
    self.status = status
  }
}
