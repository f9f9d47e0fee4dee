import Completion
import Concurrency
import NeuralEngine

/// The encoder of stage 1 while stage 2 trains: posteriors of the training volumes, from memory where
/// these do not vary.
struct FrozenEncoder {
  private let network: any InferenceNetwork
  private let latentSize: Int
  private let isFixed: Bool
  /// Posteriors of all training items in epoch 0, (item, dimension).
  let means: [Float]
  /// The same for the log variances.
  let logVariances: [Float]

  init(
    _ network: any InferenceNetwork, volumes: any TrainingVolumes, items: [TrainingItem],
    latentSize: Int, batch: Int
  ) throws {
    (self.network, self.latentSize) = (network, latentSize)
    isFixed = !volumes.variesByEpoch
    (means, logVariances) = try Self.posteriors(network, volumes, items, batch: batch)
  }

  /// Posteriors of items as they are in epoch 0, (item, dimension).
  static func posteriors(
    _ network: any InferenceNetwork, _ volumes: any TrainingVolumes, _ items: [TrainingItem],
    batch: Int
  ) throws -> (means: [Float], logVariances: [Float]) {
    var result: (means: [Float], logVariances: [Float]) = ([], [])
    let parts = (items.count + batch - 1) / batch
    let ahead = Lookahead(0..<parts) { part in
      try items[part * batch..<min(items.count, (part + 1) * batch)].flatMap {
        try volumes.bits(skull: $0.skull, class: $0.class, epoch: 0)
      }
    }
    defer { ahead.close() }
    for part in 0..<parts {
      guard let bits = try ahead.next() else { break }
      let posterior = network.encode(bits, count: min(batch, items.count - part * batch))
      result.means += posterior.mean
      result.logVariances += posterior.logVariance
    }
    return result
  }

  /// The latents of a batch in a mode.
  func latents(_ batch: BatchPlan.Prepared, mode: LatentMode) -> [Float] {
    var (mean, logVariance): ([Float], [Float]) = ([], [])
    if isFixed {
      for place in batch.places {
        let range = place * latentSize..<(place + 1) * latentSize
        mean += means[range]
        logVariance += logVariances[range]
      }
    } else {
      (mean, logVariance) = network.encode(batch.bits, count: batch.places.count)
    }
    return mean.indices.map {
      mode.latent(mean: mean[$0], logVariance: logVariance[$0], noise: batch.noise[$0])
    }
  }
}
