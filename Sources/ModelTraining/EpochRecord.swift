/// What an epoch measured: a line of the log.
///
/// Losses are per minibatch of the configured size, summed over its samples: of `diceWeight · 2 ·
/// minibatch` for the Dice loss (640 in the paper), nats for the divergence.
public struct EpochRecord: Hashable, Sendable, Codable {
  /// The training stage, 1 or 2.
  public var stage: Int
  /// The epoch of the training stage, from 0.
  public var epoch: Int
  /// Steps of the training stage so far.
  public var steps: Int
  /// The weighted Dice loss of a minibatch: the mean over the epoch.
  public var diceLoss: Double
  /// The same, summed over the epoch.
  public var diceLossSum: Double
  /// The divergence of a minibatch, without β: the mean over the epoch; nil in stage 2.
  public var kld: Double?
  /// The same, summed over the epoch.
  public var kldSum: Double?
  /// Dice loss and β · divergence of a minibatch.
  public var loss: Double
  /// The mean norm of the gradients, before clipping.
  public var gradientNorm: Double
  /// The foreground's Dice on the training set, mean over its samples.
  public var trainingDice: Double
  /// `trainingDice` of each class, by its name.
  public var trainingDiceByClass: [String: Double]
  /// The foreground's Dice on the validation set, mean over its classes.
  public var validationDice: Double?
  /// `validationDice` of each class, by its name; nil without a validation set.
  public var validationDiceByClass: [String: Double]?
  /// The Dice loss of the validation set, per minibatch.
  public var validationDiceLoss: Double?
  /// The divergence of the validation set, per minibatch.
  public var validationKLD: Double?
  /// Mean divergence of a sample by dimension.
  public var kldByDimension: [Double]?
  /// Dimensions whose posterior mean varies by more than 0.01 (variance).
  public var activeUnits: Int?
  /// E[KL(q(z|x) ‖ p(z))], an upper bound of the mutual information of x and z, in nats.
  public var informationBound: Double?
  /// The mutual information with the aggregate posterior of at most 512 samples as q(z), in nats.
  public var information: Double?
  /// How many samples that is; their logarithm bounds `information`.
  public var informationSamples: Int?
  /// The mean of the aggregate posterior by dimension.
  public var aggregateMean: [Double]?
  /// The variance of the aggregate posterior by dimension.
  public var aggregateVariance: [Double]?
  /// Adam's rate in the last step.
  public var rate: Double
  /// β in the last step; nil in stage 2.
  public var beta: Double?
  /// Whether this is the best epoch of the training stage so far.
  public var isBest: Bool
  /// Seconds that the epoch took; if it was interrupted, the sum of its parts.
  public var seconds: Double
}
