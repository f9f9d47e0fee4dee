public import Completion
import Errors
public import NeuralEngine

/// Everything that a training depends on, apart from the data. The same configuration and data on
/// the same machine give the same model.
public struct TrainingConfiguration: Hashable, Sendable {
  /// What the training is called.
  public var name: String
  /// The network.
  public var architecture: Architecture
  /// The seed of all random numbers.
  public var seed: UInt64
  /// How the finished model takes a latent from a posterior; the class statistics are of these
  /// latents.
  public var latentMode: LatentMode
  /// The fraction of skulls, [0, 0.9], held back from training, with all their classes.
  public var validationShare: Double
  /// How encoder and decoder are trained together.
  public var first: Stage
  /// The decoupled decoder on the frozen encoder's latents; nil: there is no second stage.
  public var second: SecondStage?

  /// A training of one stage; the second can be added.
  public init(
    name: String, architecture: Architecture, seed: UInt64 = 1, latentMode: LatentMode = .mean,
    validationShare: Double = 0.1, first: Stage, second: SecondStage? = nil
  ) {
    (self.name, self.architecture, self.seed) = (name, architecture, seed)
    (self.latentMode, self.validationShare) = (latentMode, validationShare)
    (self.first, self.second) = (first, second)
  }

  /// Which weights of a stage are its result.
  public enum Kept: String, Hashable, Sendable, CaseIterable {
    /// Those of the epoch with the best validation score.
    case best
    /// Those of the last epoch.
    case last
  }

  /// What an epoch is judged by.
  public enum Score: String, Hashable, Sendable, CaseIterable {
    /// The mean over the classes of the validation set's foreground Dice.
    case dice
    /// Dice loss and weighted divergence of the validation set.
    case loss
  }

  /// How one stage is trained.
  public struct Stage: Hashable, Sendable {
    /// Passes over the training skulls; 0: none, so the stage ends with its initial weights.
    public var epochs: Int
    /// Samples per step; the last step of an epoch may have fewer.
    public var batch = 4
    /// The step length of Adam over the stage.
    public var rate = RateSchedule(rate: 3e-4)
    /// The weight of the divergence over the stage; a second stage has none.
    public var beta = BetaSchedule(beta: 0.0001)
    /// Nats per dimension below which the divergence has no gradient; 0: off.
    public var freeBits = 0.0
    /// The weight of the Dice loss.
    public var diceWeight = 80.0
    /// The norm that gradients are scaled down to; 0: off.
    public var clipNorm = 0.0
    /// The decoupled weight decay of AdamW; 0: Adam.
    public var weightDecay = 0.0
    /// Epochs without a better score after which the stage ends; 0: off.
    public var patience = 0
    /// What an epoch is judged by.
    public var score = Score.dice
    /// Which weights are the result.
    public var kept = Kept.best

    /// The paper's settings but for the rate.
    public init(epochs: Int) { self.epochs = epochs }
  }

  /// How the decoupled decoder is trained.
  public struct SecondStage: Hashable, Sendable {
    /// As for the first stage; the divergence has no part in it.
    public var stage: Stage
    /// How the decoder's input is taken from each posterior.
    public var latentMode: LatentMode
    /// Whether these latents are standardized per dimension.
    public var standardizes: Bool

    /// A decoupled decoder that is trained on the latents of the first stage.
    public init(stage: Stage, latentMode: LatentMode, standardizes: Bool) {
      (self.stage, self.latentMode, self.standardizes) = (stage, latentMode, standardizes)
    }
  }

  /// The settings of stage 1 or 2.
  package func stage(_ number: Int) -> Stage {
    number == 1 ? first : second?.stage ?? Stage(epochs: 0)
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
      (0...0.9).contains(validationShare), "data.validation", "0 to 0.9", "\(validationShare)")
    for (name, stage) in [("stage1", first)] + (second.map { [("stage2", $0.stage)] } ?? []) {
      try require(
        (0...TrainingCheckpoint.mostEpochs).contains(stage.epochs), "\(name).epochs",
        "0 to 1000000",
        "\(stage.epochs)")
      try require((1...1024).contains(stage.batch), "\(name).batch", "1 to 1024", "\(stage.batch)")
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
        validationShare > 0 || (stage.patience == 0 && stage.kept == .last), "data.validation",
        "more than 0 where \(name) stops early or keeps the best", "0")
    }
  }
}
