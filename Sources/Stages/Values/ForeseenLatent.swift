import Completion

/// What is known of the latents of a run before its first case: the model that encodes them.
struct ForeseenLatent: Sendable {
  let model: LoadedLatentModel
}
