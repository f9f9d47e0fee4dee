/// How heads differ from one another: the covariance of displacements of the bone at two points, and of its
/// thickness.
///
/// Displacements are sums of smooth fields of three lengths, each partly the same on both sides of x = 0, and
/// of an affine map. The lengths are in the ratios 4 : 2 : 1, so that one exponential serves them all.
enum DeformationKernel {
  /// Of one length.
  private struct Scale {
    /// Of a displacement along any axis, in mm².
    var variance: Float
    /// From 0, sides have nothing in common, to 1, they are alike.
    var symmetry: Float
    /// Of displacements and those of the other side.
    var shared: Float { variance * symmetry }
  }

  /// The longest length in mm; the others are a half and a quarter of it.
  private static let length: Float = 70
  private static let coarse = Scale(variance: 9, symmetry: 0.6)
  private static let middle = Scale(variance: 4, symmetry: 0.5)
  private static let fine = Scale(variance: 0.5, symmetry: 0.3)
  /// Of half the thickness, at the middle length, in mm².
  private static let thickness = Scale(variance: 0.09, symmetry: 0.5)
  /// Of shifts, and of linear maps at `arm` mm, in mm².
  private static let affine: Float = 1
  private static let arm: Float = 80
  private static let perArm = affine / (arm * arm)
  /// Of powers of 2 rather than e.
  private static let decay = -1.442_695 / (2 * length * length)

  /// Eight numbers, of as many points.
  typealias Eight = SIMD8<Float>

  /// Weights of a point and eight others for each other: of a displacement, of one mirrored at x = 0, and of the
  /// thickness.
  @inline(__always)
  static func weights(
    _ ax: Float, _ ay: Float, _ az: Float, _ bx: Eight, _ by: Eight, _ bz: Eight
  ) -> (same: Eight, mirrored: Eight, thickness: Eight) {
    let (dx, sx, dy, dz) = (ax - bx, ax + bx, ay - by, az - bz)
    let rest = dy * dy + dz * dz
    let near = power(decay * (rest + dx * dx))
    let across = power(decay * (rest + sx * sx))
    let (near4, across4) = (fourth(near), fourth(across))
    let along = ax * bx + ay * by + az * bz
    var same = affine + perArm * along
    same += coarse.variance * near
    same += middle.variance * near4
    same += fine.variance * fourth(near4)
    var mirrored = coarse.shared * across
    mirrored += middle.shared * across4
    mirrored += fine.shared * fourth(across4)
    return (same, mirrored, thickness.variance * near4 + thickness.shared * across4)
  }

  @inline(__always)
  private static func fourth(_ x: Eight) -> Eight { (x * x) * (x * x) }

  /// 2 to the powers of eight numbers of at most 0, right to 3 · 10⁻⁷ of them.
  @inline(__always)
  private static func power(_ exponents: Eight) -> Eight {
    // Adding 1.5 · 2²³ rounds to a whole number, which then stands in the lowest bits.
    let whole = Eight(repeating: 12_582_912)
    // Nothing below 2⁻¹⁰⁰ counts.
    let t = exponents.replacing(
      with: Eight(repeating: -100), where: exponents .< Eight(repeating: -100))
    let rounded = t + whole
    let f = t - (rounded - whole)
    // The series of 2^f on −½…½.
    var value = Eight(repeating: 1.540_353e-4)
    value = value * f + 1.333_355_8e-3
    value = value * f + 9.618_129e-3
    value = value * f + 5.550_411e-2
    value = value * f + 2.402_265e-1
    value = value * f + 6.931_472e-1
    value = value * f + 1
    let bits = unsafeBitCast(rounded, to: SIMD8<UInt32>.self) &<< 23
    return unsafeBitCast(unsafeBitCast(value, to: SIMD8<UInt32>.self) &+ bits, to: Eight.self)
  }
}
