public import Volumes

/// Completes a skull in the way that suits its holes best.
///
/// Ways of continuing the vault compete: with both sides alike, from the hole's own side only, and from the
/// mirror image of the other side. Each is tried on holes of the same size in the whole bone of the same skull
/// (``ContinuationTrial``), and the best one is taken.
public struct AutoCompletion: CompletionModel {
  /// The name in pipeline files: `auto`.
  public static let identifier = "auto"

  /// The model in the registry.
  public static let reader = CompletionModelReader(
    identifier: identifier, summary: "the way that suits the hole best, tried on the same skull"
  ) { _ in AutoCompletion() }

  /// The smallest hole that is filled, in mm².
  public var smallestHole = ContinuedVault.smallestHole

  /// The model with its usual settings.
  public init() {}

  /// What continuing takes, and a regression for each way.
  public func demand(voxels: Int, cubicMillimetres: Double) -> CompletionDemand {
    ContinuationCompletion().demand(voxels: voxels, cubicMillimetres: cubicMillimetres)
  }

  /// Completes a skull; see ``AutoCompletion``.
  ///
  /// *Scores*: `holes`, `holeArea` (mm², of all), `poseTrust`.
  /// - Complexity: O(voxels) for the pose, then about a second a hole. The same bytes at any number of threads.
  /// - Throws: what the context throws.
  public func complete(_ defective: Mask, in context: CompletionContext) throws -> CompletedSkull {
    try VaultCompletion(priors: [.symmetric, .smooth, .mirrored], smallestHole: smallestHole)
      .complete(defective, named: Self.identifier, in: context)
  }
}
