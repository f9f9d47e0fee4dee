import Scores

/// The scores of an implant as accounts keep them, or why there are none.
public struct ScoreRecord: Codable, Hashable, Sendable {
  /// The scores, see `MaskScores`; a value that cannot be formed is nil.
  public var dsc, bdsc, hd95, hd: Double?
  /// A raw value of `MaskScores.Status`, or `failed`.
  public var status: String
  /// Why there are no scores.
  public var failure: CaseFailure?
  /// The file that was scored against.
  public var truth: String
  /// The digest of its bytes; null where it could not be read.
  public var truthSHA256: String?
  /// Spacing of the grid along x, y, z in mm.
  public var spacing: [Double]
  /// Seconds that reading the truth and scoring took.
  public var seconds: Double

  /// What was found of a case.
  init(_ assessment: CaseAssessment, truth: String, sha256: String?) {
    (self.truth, truthSHA256) = (truth, sha256)
    spacing = (0..<3).map { assessment.spacing[$0] }
    seconds = assessment.seconds
    switch assessment.score {
    case .success(let scores):
      (dsc, bdsc, hd95, hd) = (scores.dsc, scores.bdsc, scores.hd95, scores.hd)
      status = scores.status.rawValue
    case .failure(let failure): (status, self.failure) = ("failed", failure)
    }
  }

  /// The scores as tables take them; nil where there are none.
  func caseScore(prediction: String, defective: String) -> CaseScore? {
    guard failure == nil, let status = MaskScores.Status(rawValue: status), spacing.count == 3
    else {
      return nil
    }
    return CaseScore(
      prediction: prediction, truth: truth, defective: defective,
      spacing: SIMD3(spacing[0], spacing[1], spacing[2]),
      scores: MaskScores(dsc: dsc, bdsc: bdsc, hd95: hd95, hd: hd, status: status))
  }
}
