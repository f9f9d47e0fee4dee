#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How heads differ from one another: the covariance of displacements of the bone at two points, and of its
/// thickness.
///
/// Displacements are sums of smooth fields of three lengths, each partly the same on both sides of x = 0, and
/// of an affine map. The lengths are in the ratios 4 : 2 : 1, so that one exponential serves them all.
enum DeformationKernel {
  /// Of one length.
  private struct Scale {
    /// Of a displacement along any axis, in mm².
    var variance: Double
    /// From 0, sides have nothing in common, to 1, they are alike.
    var symmetry: Double
    /// Of displacements and those of the other side.
    var shared: Double { variance * symmetry }
  }

  /// The longest length in mm; the others are a half and a quarter of it.
  private static let length = 70.0
  private static let coarse = Scale(variance: 9, symmetry: 0.6)
  private static let middle = Scale(variance: 4, symmetry: 0.5)
  private static let fine = Scale(variance: 0.5, symmetry: 0.3)
  /// Of half the thickness, at the middle length, in mm².
  private static let thickness = Scale(variance: 0.09, symmetry: 0.5)
  /// Of shifts, and of linear maps at `arm` mm, in mm².
  private static let affine = 1.0
  private static let arm = 80.0
  private static let perArm = affine / (arm * arm)
  private static let decay = -1 / (2 * length * length)

  /// Weights of two points for each other: of a displacement, of one mirrored at x = 0, and of the thickness.
  @inline(__always)
  static func weights(
    _ ax: Double, _ ay: Double, _ az: Double, _ bx: Double, _ by: Double, _ bz: Double
  ) -> (same: Double, mirrored: Double, thickness: Double) {
    let rest = (ay - by) * (ay - by) + (az - bz) * (az - bz)
    let near = exp(decay * (rest + (ax - bx) * (ax - bx)))
    let across = exp(decay * (rest + (ax + bx) * (ax + bx)))
    let (near4, across4) = (fourth(near), fourth(across))
    let linear = affine + perArm * (ax * bx + ay * by + az * bz)
    return (
      linear + coarse.variance * near + middle.variance * near4 + fine.variance * fourth(near4),
      coarse.shared * across + middle.shared * across4 + fine.shared * fourth(across4),
      thickness.variance * near4 + thickness.shared * across4
    )
  }

  @inline(__always)
  private static func fourth(_ x: Double) -> Double { (x * x) * (x * x) }
}
