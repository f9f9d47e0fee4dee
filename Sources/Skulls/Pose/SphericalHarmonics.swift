import Glibc

/// Real spherical harmonics that are symmetric about x = 0, in one direction.
///
/// *Order*: degree l from 0, and in it order m from 0 to l: (l, m) stands at l(l + 1)/2 + m. Normalised so
/// that each has the mean square 1/4π over the sphere; without the Condon–Shortley phase. The azimuth is
/// measured from +y.
struct SphericalHarmonics {
  /// The values, (degree + 1)(degree + 2)/2 of them.
  let values: [Double]

  /// - Parameter direction: of length 1.
  /// - Complexity: O(degree²).
  init(degree: Int, along direction: SIMD3<Double>) {
    let (c, s) = (direction.z, max(0, 1 - direction.z * direction.z).squareRoot())
    // cos and sin of the azimuth; at the poles, where there is none, sin θ makes it vanish.
    let (cosine, sine) = s > 1e-9 ? (direction.y / s, direction.x / s) : (1, 0)
    var values = [Double](repeating: 0, count: (degree + 1) * (degree + 2) / 2)
    var diagonal = 1 / (4 * Double.pi).squareRoot()
    var (cosM, sinM) = (1.0, 0.0)
    for m in 0...degree {
      if m > 0 {
        diagonal *= s * (Double(2 * m + 1) / Double(2 * m)).squareRoot()
        (cosM, sinM) = (cosM * cosine - sinM * sine, sinM * cosine + cosM * sine)
      }
      let weight = (m > 0 ? 2.0.squareRoot() : 1) * cosM
      var (before, here) = (0.0, diagonal)
      for l in m...degree {
        if l > m {
          let (a, b) = (Double(l * l - m * m), Double(4 * l * l - 1))
          let f = (b / a).squareRoot()
          let g = (Double((l - 1) * (l - 1) - m * m) / Double(4 * (l - 1) * (l - 1) - 1))
            .squareRoot()
          (before, here) = (here, f * (c * here - (l > m + 1 ? g : 0) * before))
        }
        values[l * (l + 1) / 2 + m] = weight * here
      }
    }
    self.values = values
  }

  /// Σ coefficient · harmonic.
  func sum(_ coefficients: [Double]) -> Double {
    zip(coefficients, values).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
