internal import Completion
public import Errors
internal import Skulls

/// The directions in which latents differ most.
///
/// The signs of components are settled by their largest number being positive, so that figures do not
/// flip from run to run.
public struct PrincipalComponents: Hashable, Sendable {
  /// The mean of the latents.
  public let mean: [Double]
  /// The components, each of length 1, the one of largest variance first.
  public let components: [[Double]]
  /// The variance along each component (divided by the count less one).
  public let variances: [Double]
  /// The share of all variance along each component; zeros where all latents are the same.
  public let explained: [Double]

  /// The components of some latents.
  ///
  /// - Parameter count: how many components are kept.
  /// - Throws: ``Diagnostic`` for fewer than two latents, latents of several sizes, or more
  ///   components than dimensions.
  /// - Complexity: O(latents · dimensions² + dimensions³).
  public init(of latents: [[Float]], count: Int = 2) throws(Diagnostic) {
    guard latents.count >= 2, let size = latents.first?.count else {
      throw Diagnostic(
        .badData, field: "latents", expected: "at least 2", found: "\(latents.count)",
        remedy: "encode more volumes")
    }
    guard let other = latents.first(where: { $0.count != size }) else {
      try self.init(checked: latents, size: size, count: count)
      return
    }
    throw Diagnostic(
      .badData, field: "latents", expected: "\(counted(size, "dimension")) each",
      found: "\(other.count)",
      remedy: "encode them with one model")
  }

  private init(checked latents: [[Float]], size: Int, count: Int) throws(Diagnostic) {
    guard (1...max(1, size)).contains(count), size > 0 else {
      throw Diagnostic(
        .badSetting, field: "components", expected: "1 to \(size)", found: "\(count)",
        remedy: "ask for fewer")
    }
    guard latents.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      throw Diagnostic(
        .badData, field: "latents", expected: "finite numbers", found: "infinity or NaN",
        remedy: "encode the volumes again")
    }
    var mean = [Double](repeating: 0, count: size)
    for latent in latents { for i in 0..<size { mean[i] += Double(latent[i]) } }
    for i in 0..<size { mean[i] /= Double(latents.count) }
    var covariance = [Double](repeating: 0, count: size * size)
    for latent in latents {
      let off = (0..<size).map { Double(latent[$0]) - mean[$0] }
      for i in 0..<size { for j in 0...i { covariance[size * i + j] += off[i] * off[j] } }
    }
    for i in 0..<size {
      for j in 0...i {
        covariance[size * i + j] /= Double(latents.count - 1)
        covariance[size * j + i] = covariance[size * i + j]
      }
    }
    let eigen = SymmetricEigen(covariance, size: size)
    // Rounding can leave a variance just below 0.
    let all = eigen.values.map { max(0, $0) }
    let sum = all.reduce(0, +)
    self.mean = mean
    components = Array(eigen.vectors.prefix(count))
    variances = Array(all.prefix(count))
    explained = variances.map { sum > 0 ? $0 / sum : 0 }
  }

  /// Where a latent lies along the components.
  ///
  /// - Precondition: it is of the size of the others.
  public func project(_ latent: [Float]) -> [Double] {
    precondition(latent.count == mean.count, "a latent of another size")
    return components.map { component in
      component.indices.reduce(0) { $0 + component[$1] * (Double(latent[$1]) - mean[$1]) }
    }
  }
}
