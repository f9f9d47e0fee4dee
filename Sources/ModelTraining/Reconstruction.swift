import BetaVAE
import Completion
import NeuralEngine

/// A volume that shows how far a training has come, and what the network makes of it.
public struct Reconstruction: Sendable {
  /// The class of the volume, such as `cranial`.
  public var className: String
  /// What is encoded, laid out as ``PackedMasks``.
  public var input: [UInt8]
  /// What is to come out: the input, or the complete skull behind it.
  public var target: [UInt8]
  /// Probabilities of bone, (x, y, z) with z fastest.
  public var probabilities: [Float]
}

/// The volumes that are shown after each epoch: one skull in each of its classes, held back if any is.
package struct ShownSkull {
  private let items: [TrainingItem]
  private let pairs: [TrainingPair]
  private let classes: [String]
  /// Whether the training does not learn from it.
  package let isHeldBack: Bool

  init(_ volumes: any TrainingVolumes, _ split: TrainingSplit) throws {
    isHeldBack = !split.validation.isEmpty
    let all = isHeldBack ? split.validation : split.training
    let skull = all.first?.skull
    items = all.filter { $0.skull == skull }
    pairs = try items.map { try volumes.pair(skull: $0.skull, class: $0.class, epoch: 0) }
    classes = volumes.classes
  }

  /// What a network makes of them; of ``LatentMode/sample`` the mean is taken.
  func reconstructions(
    by network: any InferenceNetwork, _ architecture: Architecture, mode: LatentMode,
    target: TrainingStage.Target
  ) -> [Reconstruction] {
    let settled: LatentMode = mode == .sample ? .mean : mode
    return zip(items, pairs).map { item, pair in
      let (mean, logVariance) = network.encode(pair.scan, count: 1)
      let latent = mean.indices.map {
        settled.latent(mean: mean[$0], logVariance: logVariance[$0], noise: 0)
      }
      return Reconstruction(
        className: classes[item.class], input: pair.scan,
        target: target == .complete ? pair.complete : pair.scan,
        probabilities: Array(network.decode(latent, count: 1).prefix(architecture.voxels)))
    }
  }
}
