package import Completion
public import NeuralEngine

/// Mean μ and standard deviation σ of the latents that a decoder was trained on, one number a
/// dimension: the decoder sees (z − μ) / σ.
///
/// At a large β the latents differ by some hundredths about a nearly constant value; standardised,
/// a decoder learns from them at once.
public struct LatentStandardization: Hashable, Sendable {
  /// The mean of the training latents.
  public var mean: [Float]
  /// The standard deviation of the training latents, above 0.
  public var sigma: [Float]

  /// The smallest ``sigma``: a dimension that is constant must not become infinite.
  public static let leastSigma: Float = 1e-6

  /// Statistics that are known.
  ///
  /// - Precondition: as many means as standard deviations, all of these above 0.
  public init(mean: [Float], sigma: [Float]) {
    precondition(mean.count == sigma.count && sigma.allSatisfy { $0 > 0 })
    (self.mean, self.sigma) = (mean, sigma)
  }

  /// The statistics of training latents.
  ///
  /// *Shape*: (sample, dimension). For ``LatentMode/sample`` σ is that of the aggregate
  /// posterior.
  package init(means: [Float], logVariances: [Float], latentSize: Int, mode: LatentMode) {
    let moments = LatentMoments(
      means: means, logVariances: logVariances, latentSize: latentSize, mode: mode)
    mean = moments.mean.map(Float.init)
    sigma = (0..<latentSize).map { dimension in
      let added = mode == .sample ? moments.posteriorVariance[dimension] : 0
      return max(
        Self.leastSigma, Float((moments.variance[dimension] + added).squareRoot()))
    }
  }

  /// The latents as the decoder sees them, in place.
  ///
  /// *Shape*: (sample, dimension).
  public func apply(to latents: inout [Float]) {
    for i in latents.indices {
      let dimension = i % mean.count
      latents[i] = (latents[i] - mean[dimension]) / sigma[dimension]
    }
  }

  /// The decoder that takes latents without standardization: (z − m) / s is folded into the first
  /// linear layer, whose weights become W / s and whose bias becomes b − (W / s)·m.
  ///
  /// - Precondition: the parameters hold `decodeL` with this latent size.
  public func folded(into decoder: [Parameter]) -> [Parameter] {
    var folded = decoder
    guard let weight = decoder.firstIndex(where: { $0.name == "decodeL.weight" }),
      let bias = decoder.firstIndex(where: { $0.name == "decodeL.bias" })
    else { preconditionFailure("a decoder without decodeL") }
    let columns = mean.count
    precondition(decoder[weight].shape.last == columns, "statistics of another latent size")
    for row in 0..<decoder[bias].values.count {
      var shift = 0.0
      for column in 0..<columns {
        let scaled =
          Double(decoder[weight].values[row * columns + column]) / Double(sigma[column])
        folded[weight].values[row * columns + column] = Float(scaled)
        shift += scaled * Double(mean[column])
      }
      folded[bias].values[row] = Float(Double(decoder[bias].values[row]) - shift)
    }
    return folded
  }
}
