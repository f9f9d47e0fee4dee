public import Completion

/// How the decoupled decoder is trained: stage 2.
public struct SecondTrainingStage: Hashable, Sendable {
  /// As for stage 1; the divergence has no part in it.
  public var stage: TrainingStage
  /// How the decoder's input is taken from each posterior.
  public var latentMode: LatentMode
  /// Whether these latents are standardized per dimension.
  public var standardizes: Bool

  /// A decoupled decoder that is trained on the latents of stage 1.
  public init(stage: TrainingStage, latentMode: LatentMode, standardizes: Bool) {
    (self.stage, self.latentMode, self.standardizes) = (stage, latentMode, standardizes)
  }
}
