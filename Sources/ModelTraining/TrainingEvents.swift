public import BetaVAE

/// Callbacks of a training, for progress and for stopping it. All are called on the training
/// thread.
public struct TrainingEvents {
  /// Called before the first step: how many lines of the log stay valid, and where training
  /// continues.
  public var began: (_ logLines: Int, _ place: TrainingPlace) throws -> Void = { _, _ in }
  /// Called with a warning for the user; the training continues.
  public var warned: (_ warning: String) -> Void = { _ in }
  /// Called after each step, with its losses.
  public var stepped: (TrainingStep) -> Void = { _ in }
  /// Called after each epoch, before ``epochEnded``, with the volumes that show how far it has come; nil: nothing is
  /// reconstructed.
  public var reconstructed: ((_ volumes: [Reconstruction]) throws -> Void)?
  /// Called after each epoch, before its checkpoint is written, with the next line of the log.
  public var epochEnded: (EpochRecord) throws -> Void = { _ in }
  /// Asked after each step; true ends the training with a checkpoint.
  public var shouldStop: () -> Bool = { false }

  /// Events that nobody handles: the training is silent and runs to its end.
  public init() {}
}

/// How far a training has come.
public struct TrainingPlace: Hashable, Sendable, CustomStringConvertible {
  /// The training stage, 1 or 2.
  public var stage: Int
  /// The epoch of the training stage, from 0.
  public var epoch: Int
  /// Steps of the epoch that are done.
  public var step: Int

  /// `stage 1, epoch 3, step 0`.
  public var description: String { "stage \(stage), epoch \(epoch), step \(step)" }

  /// Before the first step of stage 1.
  public static let beginning = TrainingPlace(stage: 1, epoch: 0, step: 0)
}

/// The progress and losses of one training step.
public struct TrainingStep: Hashable, Sendable {
  /// Where the training stands after the step.
  public var place: TrainingPlace
  /// How many steps an epoch of this training stage has.
  public var stepsAnEpoch: Int
  /// How many epochs the training stage has.
  public var epochs: Int
  /// The weighted Dice loss of the step, summed over its samples.
  public var diceLoss: Double
  /// The step's divergence; nil in stage 2.
  public var kld: Double?
}

public enum TrainingOutcome: Sendable {
  /// All training stages are done; the model has been written. The scores are nil without validation
  /// skulls.
  case finished(TrainedBetaVAE, ValidationScores?)
  /// It was stopped; the checkpoint continues from here.
  case interrupted(TrainingPlace)
}
