public import BetaVAE

/// Whom a training tells how it goes, and who may stop it. Everything is called on the thread that
/// trains.
public struct TrainingEvents {
  /// Before the first step: how many lines of the log stay valid, and where the training goes on.
  public var began: (_ logLines: Int, _ place: TrainingPlace) throws -> Void = { _, _ in }
  /// Of what the user should know; the training goes on.
  public var warned: (_ warning: String) -> Void = { _ in }
  /// After each step.
  public var stepped: (TrainingStep) -> Void = { _ in }
  /// After each epoch, before its checkpoint is written: the next line of the log.
  public var epochEnded: (EpochRecord) throws -> Void = { _ in }
  /// Asked after each step.
  public var shouldStop: () -> Bool = { false }

  /// Nobody listens.
  public init() {}
}

/// Where a training stands.
public struct TrainingPlace: Hashable, Sendable, CustomStringConvertible {
  /// The stage, 1 or 2.
  public var stage: Int
  /// The epoch, from 0.
  public var epoch: Int
  /// Steps of the epoch that are done.
  public var step: Int

  /// `stage 1, epoch 3, step 0`.
  public var description: String { "stage \(stage), epoch \(epoch), step \(step)" }

  /// The beginning.
  public static let beginning = TrainingPlace(stage: 1, epoch: 0, step: 0)
}

/// What a step of a training says.
public struct TrainingStep: Hashable, Sendable {
  /// Where the training stands after the step.
  public var place: TrainingPlace
  /// Steps of an epoch.
  public var stepsAnEpoch: Int
  /// Epochs of the stage.
  public var epochs: Int
  /// The step's Dice loss.
  public var diceLoss: Double
  /// The step's divergence; nil in stage 2.
  public var kld: Double?
}

/// How a training ended.
public enum TrainingOutcome: Sendable {
  /// All stages are done; the model has been written.
  case finished(TrainedBetaVAE)
  /// It was stopped; the checkpoint goes on from here.
  case interrupted(TrainingPlace)
}
