import Accounts
import Scores
import Stages

extension ScoreRecord {
  /// The record of a case that was scored, or failed.
  package init(_ assessment: CaseAssessment, truth: String, sha256: String?) {
    let spacing = (0..<3).map { assessment.spacing[$0] }
    switch assessment.score {
    case .success(let scores):
      self.init(
        dsc: scores.dsc, bdsc: scores.bdsc, hd95: scores.hd95, hd: scores.hd,
        status: scores.status.rawValue, truth: truth, truthSHA256: sha256, spacing: spacing,
        seconds: assessment.seconds)
    case .failure(let failure):
      self.init(
        status: "failed", failure: failure, truth: truth, truthSHA256: sha256, spacing: spacing,
        seconds: assessment.seconds)
    }
  }

  /// The scores, for tables; nil if there are none.
  package func caseScore(prediction: String, defective: String) -> CaseScore? {
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
