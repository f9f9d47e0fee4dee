public import Completion
import Errors
public import NeuralEngine

/// Everything that a training depends on, apart from the data. The same configuration and data on
/// the same machine give the same model.
public struct TrainingConfiguration: Hashable, Sendable {
  public var name: String
  public var architecture: Architecture
  /// The seed of all random numbers.
  public var seed: UInt64
  /// How the finished model takes a latent from a posterior; the class statistics are of these
  /// latents.
  public var latentMode: LatentMode
  /// The fraction of skulls, [0, 0.9], held back from training, with all their classes.
  public var validationFraction: Double
  /// Of several ranks, whether batch normalization takes its statistics from the samples of all.
  public var synchronizesNormalization = true
  /// How encoder and decoder are trained together.
  public var first: TrainingStage
  /// The decoupled decoder on the frozen encoder's latents; nil: there is no stage 2.
  public var second: SecondTrainingStage?

  /// A training of stage 1 alone; stage 2 can be added.
  public init(
    name: String, architecture: Architecture, seed: UInt64 = 1, latentMode: LatentMode = .mean,
    validationFraction: Double = 0.1, first: TrainingStage, second: SecondTrainingStage? = nil
  ) {
    (self.name, self.architecture, self.seed) = (name, architecture, seed)
    (self.latentMode, self.validationFraction) = (latentMode, validationFraction)
    (self.first, self.second) = (first, second)
  }

  /// The settings of stage 1 or 2.
  package func trainingStage(_ number: Int) -> TrainingStage {
    number == 1 ? first : second?.stage ?? TrainingStage(epochs: 0)
  }

  /// Throws where a setting is out of its range.
  public func validate() throws {
    try architecture.validate()
    func require(_ holds: Bool, _ field: String, _ expected: String, _ found: String)
      throws(Diagnostic)
    {
      if !holds {
        throw Diagnostic(
          .badSetting, field: field, expected: expected, found: found, remedy: "correct it")
      }
    }
    try require(
      architecture.head == .logits, "network.head", "logits, the one head that is trained",
      architecture.head.rawValue)
    try require(
      (0...0.9).contains(validationFraction), "data.validation", "0 to 0.9", "\(validationFraction)"
    )
    for (name, stage) in [("stage1", first)] + (second.map { [("stage2", $0.stage)] } ?? []) {
      try require(
        (0...TrainingCheckpoint.mostEpochs).contains(stage.epochs), "\(name).epochs",
        "0 to 1000000",
        "\(stage.epochs)")
      try require(
        (1...1024).contains(stage.minibatch), "\(name).batch", "1 to 1024", "\(stage.minibatch)")
      let amounts = [
        ("free_bits", stage.freeBits), ("dice_weight", stage.diceWeight),
        ("clip", stage.clipNorm), ("weight_decay", stage.weightDecay), ("beta", stage.beta.beta),
      ]
      for (key, value) in amounts {
        try require(
          value.isFinite && value >= 0, "\(name).\(key)", "a number of at least 0", "\(value)")
      }
      try require(
        stage.rate.rate.isFinite && stage.rate.rate > 0, "\(name).rate", "a number above 0",
        "\(stage.rate.rate)")
      try require(
        validationFraction > 0 || (stage.patience == 0 && stage.kept == .last), "data.validation",
        "more than 0 where \(name) stops early or keeps the best", "0")
    }
  }
}
