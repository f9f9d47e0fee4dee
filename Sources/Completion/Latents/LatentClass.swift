package import Errors

/// What is known of the latents of one class of shapes, such as `complete`.
///
/// All arrays have one number a dimension.
public struct LatentClass: Hashable, Sendable {
  /// The name, of small letters, digits, `-` and `_`.
  public var name: String
  /// How many shapes were encoded.
  public var count: Int
  /// The centroid: the mean of the latents in the model's ``LatentMode`` (for `sample`, of the
  /// posterior means).
  public var centroid: [Float]
  /// The variance of these latents (divided by the count).
  public var variance: [Float]
  /// The mean of the posterior variances σ²; together with `variance` the second moment of the
  /// class's aggregate posterior.
  public var posteriorVariance: [Float]

  /// A class with known statistics; each array has one number per dimension.
  public init(
    name: String, count: Int, centroid: [Float], variance: [Float], posteriorVariance: [Float]
  ) {
    self.name = name
    self.count = count
    self.centroid = centroid
    self.variance = variance
    self.posteriorVariance = posteriorVariance
  }

  /// The statistics of posteriors.
  ///
  /// *Shape*: `means` and `logVariances` (sample, dimension), at least one sample.
  public init(
    name: String, means: [Float], logVariances: [Float], latentSize: Int, mode: LatentMode
  ) {
    let count = means.count / latentSize
    precondition(count > 0 && means.count == logVariances.count, "posteriors of at least one shape")
    let moments = LatentMoments(
      means: means, logVariances: logVariances, latentSize: latentSize, mode: mode)
    self.init(
      name: name, count: count, centroid: moments.mean.map(Float.init),
      variance: moments.variance.map(Float.init),
      posteriorVariance: moments.posteriorVariance.map(Float.init))
  }

  /// Whether a class may have this name.
  public static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}

extension LatentClass {
  /// DEV: the vector from one centroid to another, in latent space or projected onto some directions of it.
  ///
  /// *Source*: Li et al. 2022, DEV_cr = mean(z^co) − mean(z^cr).
  package static func deviation<Number: FloatingPoint>(
    from source: [Number], to goal: [Number]
  ) -> [Number] {
    zip(goal, source).map { $0 - $1 }
  }
}

extension [LatentClass] {
  /// The class of a name.
  ///
  /// - Parameters:
  ///   - owner: what has these classes: `model` or `table`.
  ///   - remedy: what to do where it has none at all.
  /// - Throws: ``Diagnostic`` that lists the classes.
  package func named(_ name: String, of owner: String, ifNone remedy: String) throws(Diagnostic)
    -> LatentClass
  {
    guard let found = first(where: { $0.name == name }) else {
      throw Diagnostic(
        .notInModel, field: "class",
        expected: isEmpty
          ? "a \(owner) with classes" : "one of \(map(\.name).joined(separator: ", "))",
        found: name, remedy: isEmpty ? remedy : "name a class of the \(owner)")
    }
    return found
  }
}

/// First and second moments of latents, one number a dimension.
package struct LatentMoments {
  /// The mean of the latents (for ``LatentMode/sample``, of μ).
  package let mean: [Double]
  /// Their variance, divided by the count.
  package let variance: [Double]
  /// The mean of σ².
  package let posteriorVariance: [Double]

  package init(means: [Float], logVariances: [Float], latentSize: Int, mode: LatentMode) {
    let count = means.count / latentSize
    let settled: LatentMode = mode == .sample ? .mean : mode
    var sum = [Double](repeating: 0, count: latentSize)
    var spread = sum
    var squares = sum
    for i in 0..<count * latentSize {
      let z = settled.latent(mean: means[i], logVariance: logVariances[i], noise: 0)
      let sigma = Double(standardDeviation(ofLogVariance: logVariances[i]))
      sum[i % latentSize] += Double(z)
      spread[i % latentSize] += sigma * sigma
    }
    let mean = sum.map { $0 / Double(count) }
    for i in 0..<count * latentSize {
      let z = settled.latent(mean: means[i], logVariance: logVariances[i], noise: 0)
      let off = Double(z) - mean[i % latentSize]
      squares[i % latentSize] += off * off
    }
    self.mean = mean
    variance = squares.map { $0 / Double(count) }
    posteriorVariance = spread.map { $0 / Double(count) }
  }
}
