import Completion
import NeuralEngine

/// The minibatches of an epoch: which volumes, in which order, with which noise.
struct MinibatchPlan: Sendable {
  /// A minibatch as the thread that prepares them leaves it.
  struct Prepared: Sendable {
    /// The places of its samples among the training items.
    var places: [Int]
    /// Their bits, one sample after another; empty where they are not needed.
    var bits: [UInt8]
    /// What decoding should give, one after another; empty where that is `bits`.
    var targets: [UInt8] = []
    /// Standard normal noise, (sample, dimension).
    var noise: [Float]
  }

  let volumes: any TrainingVolumes
  let items: [TrainingItem]
  let order: [Int]
  let minibatch: Int
  let latentSize: Int
  let seed: UInt64
  let stage: Int
  let epoch: Int
  let target: TrainingStage.Target

  init(
    _ volumes: any TrainingVolumes, _ split: TrainingSplit, _ configuration: TrainingConfiguration,
    stage: Int, epoch: Int
  ) {
    (self.volumes, self.stage, self.epoch) = (volumes, stage, epoch)
    items = split.training
    seed = configuration.seed
    order = split.order(seed: seed, stage: stage, epoch: epoch)
    minibatch = configuration.trainingStage(stage).minibatch
    target = configuration.trainingStage(stage).target
    latentSize = configuration.architecture.latentSize
  }

  /// Steps of the epoch; the last may have fewer samples.
  var steps: Int { (order.count + minibatch - 1) / minibatch }

  func prepare(_ step: Int) throws -> Prepared {
    let places = Array(order[step * minibatch..<min(order.count, (step + 1) * minibatch)])
    var bits: [UInt8] = []
    var targets: [UInt8] = []
    for place in places {
      let item = items[place]
      switch target {
      case .scan: bits += try volumes.bits(skull: item.skull, class: item.class, epoch: epoch)
      case .complete:
        let pair = try volumes.pair(skull: item.skull, class: item.class, epoch: epoch)
        bits += pair.scan
        targets += pair.complete
      }
    }
    let noise = RandomNumbers(seed: seed, .noise, UInt64(stage), UInt64(epoch), UInt64(step))
      .normal(count: places.count * latentSize)
    return Prepared(places: places, bits: bits, targets: targets, noise: noise)
  }
}
