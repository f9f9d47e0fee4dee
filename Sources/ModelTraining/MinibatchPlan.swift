import Completion
import MessagePassing
import NeuralEngine

/// The minibatches of an epoch: which volumes, in which order, with which noise.
///
/// Of several ranks, each prepares its part of a minibatch. The numbers are drawn for the whole one, so that it is
/// the same for any number of ranks that its size is divided by.
struct MinibatchPlan: Sendable {
  /// A minibatch as the thread that prepares them leaves it.
  struct Prepared: Sendable {
    /// The places of its samples among the training items, those of all ranks.
    var places: [Int]
    /// Which of them are this rank's own; what follows is of those.
    var own: Range<Int>
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
  /// Samples of a step, of all ranks together.
  let minibatch: Int
  /// Samples that come before the first step's; not 0 where the steps were of another size once.
  let begin: Int
  private let ranks: (any RankGroup)?
  let latentSize: Int
  let seed: UInt64
  let stage: Int
  let epoch: Int
  let target: TrainingStage.Target

  /// - Parameters:
  ///   - done: samples of the epoch that are done.
  ///   - ranks: between whom minibatches are divided; nil: there is one.
  init(
    _ volumes: any TrainingVolumes, _ split: TrainingSplit, _ configuration: TrainingConfiguration,
    stage: Int, epoch: Int, done: Int = 0, ranks: (any RankGroup)? = nil
  ) {
    (self.volumes, self.stage, self.epoch, self.ranks) = (volumes, stage, epoch, ranks)
    items = split.training
    seed = configuration.seed
    order = split.order(seed: seed, stage: stage, epoch: epoch)
    minibatch = configuration.trainingStage(stage).minibatch * (ranks?.count ?? 1)
    begin = done < order.count ? done % minibatch : 0
    target = configuration.trainingStage(stage).target
    latentSize = configuration.architecture.latentSize
  }

  /// Steps of the epoch; the last may have fewer samples.
  var steps: Int { (order.count - begin + minibatch - 1) / minibatch }
  /// How many steps so many samples of the epoch are.
  func steps(of samples: Int) -> Int {
    samples < order.count ? samples / minibatch : steps
  }

  func prepare(_ step: Int) throws -> Prepared {
    let first = begin + step * minibatch
    let places = Array(order[first..<min(order.count, first + minibatch)])
    let own = ranks?.part(of: places.count) ?? 0..<places.count
    var bits: [UInt8] = []
    var targets: [UInt8] = []
    for place in places[own] {
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
    return Prepared(
      places: places, own: own, bits: bits, targets: targets,
      noise: Array(noise[own.lowerBound * latentSize..<own.upperBound * latentSize]))
  }
}
