/// A map `x ↦ linear · x + translation` of points in space.
public struct Affine: Hashable, Sendable {
  /// The columns are the images of the unit vectors along x, y, z.
  public var linear: Matrix3
  /// The image of the origin.
  public var translation: SIMD3<Double>

  /// A map of a linear part and a translation.
  public init(linear: Matrix3, translation: SIMD3<Double> = .zero) {
    self.linear = linear
    self.translation = translation
  }

  /// The image of a point.
  public static func * (map: Affine, point: SIMD3<Double>) -> SIMD3<Double> {
    map.linear * point + map.translation
  }

  /// The composition x ↦ a(b(x)): `b` is applied first.
  public static func * (a: Affine, b: Affine) -> Affine {
    Affine(linear: a.linear * b.linear, translation: a * b.translation)
  }

  /// The inverse, or nil where the linear part has none.
  public var inverse: Affine? {
    linear.inverse.map { Affine(linear: $0, translation: -($0 * translation)) }
  }
}
