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
    latentSize: Int, minibatch: Int
  ) throws {
    (self.network, self.latentSize) = (network, latentSize)
    isFixed = !volumes.variesByEpoch
    (means, logVariances) = try Self.posteriors(network, volumes, items, minibatch: minibatch)
  }

  /// Posteriors of items as they are in epoch 0, (item, dimension).
  static func posteriors(
    _ network: any InferenceNetwork, _ volumes: any TrainingVolumes, _ items: [TrainingItem],
    minibatch: Int
  ) throws -> (means: [Float], logVariances: [Float]) {
    var result: (means: [Float], logVariances: [Float]) = ([], [])
    let parts = (items.count + minibatch - 1) / minibatch
    let ahead = Lookahead(0..<parts) { part in
      try items[part * minibatch..<min(items.count, (part + 1) * minibatch)].flatMap {
        try volumes.bits(skull: $0.skull, class: $0.class, epoch: 0)
      }
    }
    defer { ahead.close() }
    for part in 0..<parts {
      guard let bits = try ahead.next() else { break }
      let posterior = network.encode(bits, count: min(minibatch, items.count - part * minibatch))
      result.means += posterior.mean
      result.logVariances += posterior.logVariance
    }
    return result
  }

  /// The latents of a minibatch in a mode.
  func latents(_ minibatch: MinibatchPlan.Prepared, mode: LatentMode) -> [Float] {
    var (mean, logVariance): ([Float], [Float]) = ([], [])
    if isFixed {
      for place in minibatch.places {
        let range = place * latentSize..<(place + 1) * latentSize
        mean += means[range]
        logVariance += logVariances[range]
      }
    } else {
      (mean, logVariance) = network.encode(minibatch.bits, count: minibatch.places.count)
    }
    return mean.indices.map {
      mode.latent(mean: mean[$0], logVariance: logVariance[$0], noise: minibatch.noise[$0])
    }
  }
}
