/// What stands for a mask in the latent space, given its posterior N(μ, σ²).
public enum LatentMode: String, Hashable, Sendable, CaseIterable {
  /// z = μ: the mean of the posterior, without noise.
  case mean
  /// z = μ + σ·ε with ε ~ N(0, 1).
  case sample
  /// z = μ + σ, as the published code has it where it means to evaluate.
  case meanPlusSigma

  /// The latent of one dimension.
  ///
  /// - Parameter noise: ε; only ``sample`` uses it.
  @inlinable
  public func latent(mean: Float, logVariance: Float, noise: Float) -> Float {
    switch self {
    case .mean: mean
    case .sample: mean + standardDeviation(ofLogVariance: logVariance) * noise
    case .meanPlusSigma: mean + standardDeviation(ofLogVariance: logVariance)
    }
  }
}
