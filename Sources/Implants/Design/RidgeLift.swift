import Glibc

/// What a Gaussian does to the signed distances at the surface of a flat wall.
///
/// Across a wall of half-thickness h they are |x| − h; smoothed, at x = h, they are
/// h (2Φ(h/σ) − 1) + 2σφ(h/σ) − h above 0.
struct RidgeLift {
  private let values: [Float]
  private let perMillimetre: Float

  /// - Parameter sigma: the standard deviation in mm, above 0.
  init(sigma: Float) {
    let perSigma = 32
    perMillimetre = Float(perSigma) / sigma
    values = (0...4 * perSigma).map { n in
      let u = Double(n) / Double(perSigma)
      let density = exp(-u * u / 2) / (2 * Double.pi).squareRoot()
      // 2Φ(u) − 1
      let within = erf(u / 2.0.squareRoot())
      return sigma * Float(u * within + 2 * density - u)
    }
  }

  /// In mm; 0 for walls that are thick enough.
  @inline(__always)
  func atSurface(ofWall half: Float) -> Float {
    let at = half * perMillimetre
    guard at < Float(values.count - 1) else { return 0 }
    let n = Int(at)
    return values[n] + (at - Float(n)) * (values[n + 1] - values[n])
  }
}
