import Glibc

/// The step length of the optimiser over a training stage.
public struct RateSchedule: Hashable, Sendable {
  /// How it goes on after the warm-up.
  public enum Course: Hashable, Sendable {
    /// The rate stays the same until the end of the training stage.
    case constant
    /// The rate is multiplied by `factor` after every `every` epochs.
    case step(every: Int, factor: Double)
    /// The rate falls by half a cosine to `floor` times itself at the end of the training stage.
    case cosine(floor: Double)
  }

  /// The rate after the warm-up; the course starts from it.
  public var rate: Double
  /// How it goes on after the warm-up.
  public var course = Course.constant
  /// Epochs (fractions allowed) over which the rate rises linearly from 0.
  public var warmUp = 0.0

  /// A constant rate without a warm-up.
  public init(rate: Double) { self.rate = rate }

  /// The rate of a step.
  ///
  /// - Parameters:
  ///   - time: epochs done, with the part of the present one *after* the step.
  ///   - epochs: epochs of the whole training stage.
  package func rate(at time: Double, epochs: Int) -> Double {
    var value = rate
    switch course {
    case .constant: break
    case .step(let every, let factor):
      // A step belongs to the epoch that it ends in.
      let epoch = max(0, Int(time.rounded(.up)) - 1)
      for _ in 0..<epoch / max(1, every) { value *= factor }
    case .cosine(let floor):
      let span = max(Double(epochs) - warmUp, 1e-9)
      let share = min(1, max(0, (time - warmUp) / span))
      value *= floor + (1 - floor) * (1 + cos(Double.pi * share)) / 2
    }
    return warmUp > 0 ? value * min(1, time / warmUp) : value
  }
}

/// The weight of the divergence over a training stage.
public struct BetaSchedule: Hashable, Sendable {
  /// How the weight is reached.
  public enum Course: Hashable, Sendable {
    /// The weight has its full value from the beginning.
    case fixed
    /// The weight rises linearly from 0 over `epochs` epochs, then stays.
    case annealed(epochs: Double)
    /// In each period of `period` epochs, the weight rises linearly from 0 over the fraction
    /// `rising` of the period, then stays.
    ///
    /// *Source*: Fu et al., "Cyclical annealing schedule", NAACL 2019.
    case cyclic(period: Double, rising: Double)
  }

  /// The weight that the course reaches.
  public var beta: Double
  /// How the weight gets there over the epochs of the training stage.
  public var course = Course.fixed

  /// A weight that is the same in every step.
  public init(beta: Double) { self.beta = beta }

  /// The weight of a step.
  ///
  /// - Parameter time: epochs done, with the part of the present one *before* the step.
  package func beta(at time: Double) -> Double {
    switch course {
    case .fixed: return beta
    case .annealed(let epochs): return epochs > 0 ? beta * min(1, time / epochs) : beta
    case .cyclic(let period, let rising):
      guard period > 0, rising > 0 else { return beta }
      let place = time.truncatingRemainder(dividingBy: period) / period
      return beta * min(1, place / rising)
    }
  }
}
