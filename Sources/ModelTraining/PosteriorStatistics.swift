import Completion
import Glibc

/// Statistics of the latent space from the posteriors of an epoch.
struct PosteriorStatistics {
  /// Mean divergence by dimension, nats.
  let divergence: [Double]
  /// Dimensions whose mean's variance is above ``activity``.
  let activeUnits: Int
  /// Mean of the aggregate posterior.
  let mean: [Double]
  /// Variance of the aggregate posterior.
  let variance: [Double]
  /// See ``EpochRecord/information``.
  let information: Double
  /// Samples that `information` is estimated from.
  let informationSamples: Int

  /// *Source*: Burda et al., "Importance weighted autoencoders", 2016, section 5.
  static let activity = 0.01
  /// The most samples for the estimate, whose work grows with their square.
  static let mostSamples = 512

  /// *Shape*: (sample, dimension), at least one sample.
  init(means: [Float], logVariances: [Float], latentSize: Int, random: RandomNumbers) {
    let moments = LatentMoments(
      means: means, logVariances: logVariances, latentSize: latentSize, mode: .mean)
    let count = means.count / latentSize
    var divergence = [Double](repeating: 0, count: latentSize)
    for i in means.indices {
      let (m, l) = (Double(means[i]), Double(logVariances[i]))
      divergence[i % latentSize] += 0.5 * (m * m + exp(l) - 1 - l)
    }
    self.divergence = divergence.map { $0 / Double(count) }
    activeUnits = moments.variance.count { $0 > Self.activity }
    mean = moments.mean
    variance = zip(moments.variance, moments.posteriorVariance).map { $0 + $1 }
    (information, informationSamples) = Self.information(
      means, logVariances, latentSize, count, random)
  }

  /// E[log q(z|x) − log q(z)] with one z drawn of each posterior and q(z) the mean of the posteriors.
  private static func information(
    _ means: [Float], _ logVariances: [Float], _ size: Int, _ count: Int, _ random: RandomNumbers
  ) -> (Double, Int) {
    let used = min(count, mostSamples)
    // Every so many-th of the epoch, whose order is random.
    let rows = (0..<used).map { $0 * count / used }
    let noise = random.normal(count: used * size)
    var total = 0.0
    var densities = [Double](repeating: 0, count: used)
    let scales = rows.flatMap { row in (0..<size).map { exp(-logVariances[row * size + $0]) } }
    let offsets = rows.map { row in
      (0..<size).reduce(0.0) { $0 + Double(logVariances[row * size + $1]) }
    }
    var z = [Float](repeating: 0, count: size)
    for (i, row) in rows.enumerated() {
      for d in 0..<size {
        let sigma = standardDeviation(ofLogVariance: logVariances[row * size + d])
        z[d] = means[row * size + d] + sigma * noise[i * size + d]
      }
      for (j, other) in rows.enumerated() {
        var sum: Float = 0
        for d in 0..<size {
          let off = z[d] - means[other * size + d]
          sum += off * off * scales[j * size + d]
        }
        densities[j] = -0.5 * (Double(sum) + offsets[j])
      }
      let most = densities.max() ?? 0
      let aggregate =
        most + log(densities.reduce(0) { $0 + exp($1 - most) } / Double(used))
      total += densities[i] - aggregate
    }
    return (total / Double(used), used)
  }
}
