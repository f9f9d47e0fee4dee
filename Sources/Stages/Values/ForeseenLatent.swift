import Completion

/// What is known about latents before the first case: the model that encodes them.
struct ForeseenLatent: Sendable {
  let model: LoadedLatentModel
}
