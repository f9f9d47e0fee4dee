import Completion
import Concurrency
import MessagePassing
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
    latentSize: Int, minibatch: Int, ranks: (any RankGroup)? = nil
  ) throws {
    (self.network, self.latentSize) = (network, latentSize)
    isFixed = !volumes.variesByEpoch
    (means, logVariances) = try Self.posteriors(
      network, volumes, items, latentSize: latentSize, minibatch: minibatch, ranks: ranks)
  }

  /// Posteriors of items as they are in epoch 0, (item, dimension). Of several ranks each encodes a part of them.
  static func posteriors(
    _ network: any InferenceNetwork, _ volumes: any TrainingVolumes, _ items: [TrainingItem],
    latentSize: Int, minibatch: Int, ranks: (any RankGroup)? = nil
  ) throws -> (means: [Float], logVariances: [Float]) {
    let own = ranks?.part(of: items.count) ?? 0..<items.count
    var means = [Float](repeating: 0, count: items.count * latentSize)
    var logVariances = means
    let parts = Array(stride(from: own.lowerBound, to: own.upperBound, by: minibatch))
    let ahead = Lookahead(0..<parts.count) { number in
      try items[parts[number]..<min(own.upperBound, parts[number] + minibatch)].flatMap {
        try volumes.bits(skull: $0.skull, class: $0.class, epoch: 0)
      }
    }
    defer { ahead.close() }
    for first in parts {
      guard let bits = try ahead.next() else { break }
      let part = first..<min(own.upperBound, first + minibatch)
      let posterior = network.encode(bits, count: part.count)
      let places = part.lowerBound * latentSize..<part.upperBound * latentSize
      means.replaceSubrange(places, with: posterior.mean)
      logVariances.replaceSubrange(places, with: posterior.logVariance)
    }
    // What the others encoded is 0 here.
    ranks?.sum(&means)
    ranks?.sum(&logVariances)
    return (means, logVariances)
  }

  /// The latents of a minibatch in a mode.
  func latents(_ minibatch: MinibatchPlan.Prepared, mode: LatentMode) -> [Float] {
    var (mean, logVariance): ([Float], [Float]) = ([], [])
    if isFixed {
      for place in minibatch.places[minibatch.own] {
        let range = place * latentSize..<(place + 1) * latentSize
        mean += means[range]
        logVariance += logVariances[range]
      }
    } else if !minibatch.own.isEmpty {
      (mean, logVariance) = network.encode(minibatch.bits, count: minibatch.own.count)
    }
    return mean.indices.map {
      mode.latent(mean: mean[$0], logVariance: logVariance[$0], noise: minibatch.noise[$0])
    }
  }
}
