internal import Skulls
public import Volumes
internal import VoxelOps

extension CompletionFindings {
  /// The part of a hole that an implant covers, at least, if it counts as filled.
  private static let filledShare = 0.5

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
    let defective = BoneRule.head(of: defective, threads: context.threads)
    let continuation = VaultCompletion(
      ways: [ContinuationWay(prior: .symmetric)], smallestHole: ContinuedVault.smallestHole,
      trials: 0, requiresNamedHoles: false)
    let reference = try continuation.complete(defective, named: model, in: context)
    guard var findings = reference.findings else {
      return CompletionFindings(defects: [], model: model, confidence: 0)
    }
    if let vault = ContinuedVault(
      of: defective, smallestHole: continuation.smallestHole, only: context.targets,
      threads: context.threads)
    {
      findings.defects = vault.allHoles.map { hole in
        CompletionFindings.Defect(
          of: hole, isFilled: hole.share(coveredBy: implant, in: vault.map) > filledShare)
      }
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
