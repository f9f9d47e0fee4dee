internal import Skulls
public import Volumes
internal import VoxelOps

extension CompletionFindings {
  /// What is to be said of an implant that any model made: the holes of the skull, and how far the implant can be
  /// trusted, from how well it agrees with the continued vault.
  ///
  /// *Shape*: both masks on the same grid.
  /// - Complexity: as ``ContinuationCompletion``, and a copy of the mask.
  /// - Throws: `Diagnostic` where the grids differ; what the context throws.
  public static func judging(
    _ implant: Mask, in defective: Mask, by model: String, in context: CompletionContext
  ) throws -> CompletionFindings {
    try implant.geometry.requireMatch(with: defective.geometry)
    let reference = try VaultCompletion(
      ways: [ContinuationWay(prior: .symmetric)], smallestHole: ContinuedVault.smallestHole,
      trials: 0
    ).complete(defective, named: model, in: context)
    guard var findings = reference.findings else {
      return CompletionFindings(defects: [], model: model, confidence: 0)
    }
    let expected = try reference.mask.subtracting(defective, threads: context.threads)
      .opened(byBall: 1.2, threads: context.threads)
    if expected.isEmpty, implant.isEmpty { return findings }
    // Two ways that are both right agree as well as each agrees with the truth.
    let agreement = try implant.dice(with: expected, threads: context.threads) ?? 0
    findings.confidence = agreement * (1 + findings.confidence) / 2
    return findings
  }
}
