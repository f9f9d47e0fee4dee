/// How one half of a training is trained: the autoencoder (stage 1), or the decoupled decoder after
/// it (stage 2).
///
/// *Source*: the paper calls the halves stages. Keys of training files (`stage1`, `stage2`) and
/// columns of the log keep that word; it has nothing to do with the stages of a pipeline.
public struct TrainingStage: Hashable, Sendable {
  /// Passes over the training skulls; 0: none, so the training stage ends with its initial weights.
  public var epochs: Int
  /// Samples per step; the last step of an epoch may have fewer.
  public var minibatch = 4
  /// The step length of Adam over the training stage.
  public var rate = RateSchedule(rate: 3e-4)
  /// The weight of the divergence over the training stage; stage 2 has none.
  public var beta = BetaSchedule(beta: 0.0001)
  /// Nats per dimension below which the divergence has no gradient; 0: off.
  public var freeBits = 0.0
  /// The weight of the Dice loss.
  public var diceWeight = 80.0
  /// The norm that gradients are scaled down to; 0: off.
  public var clipNorm = 0.0
  /// The decoupled weight decay of AdamW; 0: Adam.
  public var weightDecay = 0.0
  /// Epochs without a better score after which the training stage ends; 0: off.
  public var patience = 0
  /// What an epoch is judged by.
  public var score = Score.dice
  /// Which weights are the result.
  public var kept = Kept.best

  /// What the Dice loss compares the output with.
  public var target = Target.scan

  /// The paper's settings but for the rate.
  public init(epochs: Int) { self.epochs = epochs }

  /// Which weights of a training stage are its result.
  public enum Kept: String, Hashable, Sendable, CaseIterable {
    /// Those of the epoch with the best validation score.
    case best
    /// Those of the last epoch.
    case last
  }

  /// What the decoder is trained to give.
  public enum Target: String, Hashable, Sendable, CaseIterable {
    /// What was encoded, as in the paper.
    case scan
    /// The complete skull behind it: the decoder closes holes by itself, and takes back what a scan does to bone.
    case complete
  }

  /// What an epoch is judged by.
  public enum Score: String, Hashable, Sendable, CaseIterable {
    /// The mean over the classes of the validation set's foreground Dice.
    case dice
    /// Dice loss and weighted divergence of the validation set.
    case loss
  }
}
