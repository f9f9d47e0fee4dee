#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How alike a surface's heights are at two points: the covariance of a Gaussian process.
///
/// A sum of terms. Each has a standard deviation, a length over which heights stay alike, and how much a point
/// has in common with its mirror image across x = 0.
struct SurfaceKernel: Sendable {
  /// One scale of the surface.
  struct Term: Sendable {
    /// The shape of the decrease.
    enum Shape: Sendable {
      /// exp(−d² / 2L²): as smooth as can be.
      case gaussian
      /// Matérn's with ν = 5/2: twice differentiable.
      case matern
    }

    /// In mm.
    var sigma: Double
    /// In mm.
    var length: Double
    /// From 0, nothing, to 1: both sides are the same.
    var symmetry: Double
    var shape: Shape
  }

  var terms: [Term]
  /// What differs from one point to the next without any rule, in mm.
  var noise: Double

  /// The covariance of two points of the head's frame, in mm².
  func callAsFunction(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
    let (dy, dz) = (a.y - b.y, a.z - b.z)
    let rest = dy * dy + dz * dz
    let near = (a.x - b.x) * (a.x - b.x) + rest
    let mirrored = (a.x + b.x) * (a.x + b.x) + rest
    var sum = 0.0
    for term in terms {
      var value = Self.decrease(near, term)
      if term.symmetry > 0 { value += term.symmetry * Self.decrease(mirrored, term) }
      sum += term.sigma * term.sigma * value
    }
    return sum
  }

  @inline(__always)
  private static func decrease(_ square: Double, _ term: Term) -> Double {
    switch term.shape {
    case .gaussian: return exp(-square / (2 * term.length * term.length))
    case .matern:
      let t = (5 * square).squareRoot() / term.length
      return (1 + t + t * t / 3) * exp(-t)
    }
  }
}
