import Glibc

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

  let terms: [Term]
  /// What differs from one point to the next without any rule, in mm.
  let noise: Double
  // The sums of the terms over the distance of two points, and over that of one and the other's mirror image;
  // in steps of 1/16 mm, for they are asked for millions of times.
  private let near: [Double]
  private let mirrored: [Double]

  private static let steps = 16.0
  /// Points of one head are no further apart, in mm.
  private static let reach = 400

  init(terms: [Term], noise: Double) {
    (self.terms, self.noise) = (terms, noise)
    func table(_ share: (Term) -> Double) -> [Double] {
      (0...(Self.reach * Int(Self.steps) + 1)).map { n in
        let d = Double(n) / Self.steps
        return terms.reduce(0) { $0 + share($1) * $1.sigma * $1.sigma * Self.decrease(d * d, $1) }
      }
    }
    near = table { _ in 1 }
    mirrored = table(\.symmetry)
  }

  /// The kernel with nothing in common between both sides.
  var withoutSymmetry: SurfaceKernel {
    SurfaceKernel(
      terms: terms.map { term in
        var term = term
        term.symmetry = 0
        return term
      }, noise: noise)
  }

  /// The covariance of two points of the head's frame, in mm².
  func callAsFunction(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
    let (dx, sx, dy, dz) = (a.x - b.x, a.x + b.x, a.y - b.y, a.z - b.z)
    let rest = dy * dy + dz * dz
    return Self.look(near, dx * dx + rest) + Self.look(mirrored, sx * sx + rest)
  }

  @inline(__always)
  private static func look(_ table: [Double], _ square: Double) -> Double {
    let place = min(square.squareRoot(), Double(reach)) * steps
    let n = Int(place)
    return table[n] + (place - Double(n)) * (table[n + 1] - table[n])
  }

  private static func decrease(_ square: Double, _ term: Term) -> Double {
    switch term.shape {
    case .gaussian: return exp(-square / (2 * term.length * term.length))
    case .matern:
      let t = (5 * square).squareRoot() / term.length
      return (1 + t + t * t / 3) * exp(-t)
    }
  }
}
