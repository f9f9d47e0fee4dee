public import NeuralEngine

/// The most bytes that a training takes, known before anything is allocated.
///
/// Sums that overflow are `Int.max`.
public struct TrainingMemory: Hashable, Sendable {
  /// The networks that exist at the same time: for training, validation and, in stage 2, the
  /// encoder.
  public var networks = 0
  /// Copies of weights and moments, as checkpoints need them.
  public var checkpoints = 0
  /// The volumes, and latents of all of them.
  public var data = 0

  /// The sum of the three; `Int.max` where it leaves the range.
  public var total: Int { Self.sum(Self.sum(networks, checkpoints), data) }

  /// Of a training on `items` volumes.
  ///
  /// - Parameters:
  ///   - items: skulls, each as often as it has classes.
  ///   - volumeBytes: what holds the volumes, and what making a minibatch of them takes.
  ///   - minibatch: samples a step, in place of what the configuration says.
  ///   - isParallel: whether it is one of several ranks, whose messages hold the gradients once more.
  public init(
    _ configuration: TrainingConfiguration, items: Int, volumeBytes: Int, engine: any Engine,
    minibatch: Int? = nil, isParallel: Bool = false
  ) {
    let architecture = configuration.architecture
    guard (try? architecture.validate()) != nil else {
      networks = .max
      return
    }
    let whole = Self.bytes(architecture.parameterShapes())
    let decoder = Self.bytes(architecture.parameterShapes(decoderOnly: true))
    for number in 1...(configuration.second == nil ? 1 : 2) {
      let samples = minibatch ?? configuration.trainingStage(number).minibatch
      // The other network's outputs are probabilities, a number a voxel.
      let evaluated = Self.sum(
        engine.inferenceBytes(architecture, minibatch: samples),
        Self.product(samples, architecture.voxels * 4))
      var stage = evaluated
      if configuration.trainingStage(number).epochs > 0 {
        stage = Self.sum(
          stage,
          engine.trainingBytes(architecture, minibatch: samples, decoderOnly: number == 2))
      }
      if number == 2 { stage = Self.sum(stage, evaluated) }
      if isParallel { stage = Self.sum(stage, number == 1 ? whole : decoder) }
      networks = max(networks, stage)
      // Weights and two moments, and the same as bytes of the file; in stage 2 those of stage 1 too.
      checkpoints = max(checkpoints, number == 1 ? 6 * whole : 6 * decoder + 2 * whole)
    }
    // Means and log variances, while arrays grow, and as bytes of a checkpoint.
    let latents = Self.product(items, architecture.latentSize * 4 * 2 * 3)
    data = Self.sum(volumeBytes, latents)
  }

  private static func bytes(_ shapes: [(name: String, shape: [Int])]) -> Int {
    4 * shapes.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  private static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflows) = a.addingReportingOverflow(b)
    return overflows ? .max : sum
  }

  private static func product(_ a: Int, _ b: Int) -> Int {
    let (product, overflows) = a.multipliedReportingOverflow(by: b)
    return overflows ? .max : product
  }
}
