import Glibc

/// What a Gaussian does to the signed distances at the surface of a flat wall.
///
/// Across a wall of half-thickness h they are |x| − h; smoothed, at x = h, they are
/// h (2Φ(h/σ) − 1) + 2σφ(h/σ) − h above 0.
struct RidgeLift {
  private let values: [Float]
  /// 2Φ(h/σ) − 1, the slope that is left at the surface.
  private let slopes: [Float]
  private let perMillimetre: Float

  /// - Parameter sigma: the standard deviation in mm, above 0.
  init(sigma: Float) {
    let perSigma = 32
    perMillimetre = Float(perSigma) / sigma
    let steps = (0...4 * perSigma).map { Double($0) / Double(perSigma) }
    slopes = steps.map { Float(erf($0 / 2.0.squareRoot())) }
    values = steps.map { u in
      let density = exp(-u * u / 2) / (2 * Double.pi).squareRoot()
      return sigma * Float(u * erf(u / 2.0.squareRoot()) + 2 * density - u)
    }
  }

  /// The smoothed distance without the lift. Of thin walls, whose slope is small and what is left of their
  /// steps large with it, less is smoothed.
  @inline(__always)
  func corrected(_ smooth: Float, of own: Float, half: Float) -> Float {
    let at = half * perMillimetre
    guard at < Float(values.count - 1) else { return smooth }
    let n = Int(at)
    let lift = values[n] + (at - Float(n)) * (values[n + 1] - values[n])
    return own + slopes[n] * (smooth - lift - own)
  }
}
