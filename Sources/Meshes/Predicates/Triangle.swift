import Volumes

struct Triangle {
  var a: SIMD3<Float>
  var b: SIMD3<Float>
  var c: SIMD3<Float>

  @inline(__always)
  subscript(corner: Int) -> SIMD3<Float> { corner == 0 ? a : corner == 1 ? b : c }

  /// The vector product of two sides: outward, twice as long as the area.
  var normal: SIMD3<Double> {
    let origin = SIMD3<Double>(a)
    return (SIMD3<Double>(b) - origin).cross(SIMD3<Double>(c) - origin)
  }

  /// The side of the triangle's plane that a point lies on.
  @inline(__always)
  func side(of point: SIMD3<Float>) -> Int { Orientation.sign(a, b, c, point) }

  /// The triangle seen along the axis that it is least foreshortened in.
  var flat: FlatTriangle {
    let n = normal
    let (x, y, z) = (abs(n.x), abs(n.y), abs(n.z))
    return FlatTriangle(self, dropping: x >= y && x >= z ? 0 : y >= z ? 1 : 2)
  }
}

/// The plane of a triangle, for the sides of many points.
struct TrianglePlane {
  private let origin: SIMD3<Double>
  private let normal: SIMD3<Double>
  /// The sizes of the products that the normal's coordinates are differences of.
  private let sizes: SIMD3<Double>

  init(_ t: Triangle) {
    origin = SIMD3<Double>(t.a)
    let (u, v) = (SIMD3<Double>(t.b) - origin, SIMD3<Double>(t.c) - origin)
    let p = SIMD3(u.y * v.z, u.z * v.x, u.x * v.y)
    let q = SIMD3(u.z * v.y, u.x * v.z, u.y * v.x)
    normal = p - q
    sizes = p.magnitudes + q.magnitudes
  }

  /// Whether the corners do not lie on one line, as far as doubles tell.
  var hasArea: Bool { normal != .zero }

  /// The side that a point lies on, as ``Triangle/side(of:)``; nil where rounding leaves it open.
  ///
  /// The error is below that of ``Orientation``, whose bound has the same sizes: eight roundings in place
  /// of seven.
  @inline(__always)
  func side(of point: SIMD3<Float>) -> Int? {
    let w = SIMD3<Double>(point) - origin
    let value = (normal * w).sum()
    let bound = (sizes * w.magnitudes).sum() * 1.2e-15
    return value > bound ? -1 : value < -bound ? 1 : nil
  }
}

extension SIMD3<Double> {
  @inline(__always)
  fileprivate var magnitudes: SIMD3<Double> { replacing(with: -self, where: self .< 0) }
}

/// Which part of a triangle a point is in: 0…2 its corners, 3…5 the sides that begin at them, 6 the rest.
typealias TriangleFeature = Int

struct FlatTriangle {
  private let axis: Int
  private let a: SIMD2<Float>
  private let b: SIMD2<Float>
  private let c: SIMD2<Float>
  private let turn: Int

  init(_ triangle: Triangle, dropping axis: Int) {
    self.axis = axis
    (a, b, c) = (
      Self.drop(axis, triangle.a), Self.drop(axis, triangle.b), Self.drop(axis, triangle.c)
    )
    turn = Orientation.sign(a, b, c)
  }

  @inline(__always)
  private static func drop(_ axis: Int, _ p: SIMD3<Float>) -> SIMD2<Float> {
    axis == 0 ? SIMD2(p.y, p.z) : axis == 1 ? SIMD2(p.z, p.x) : SIMD2(p.x, p.y)
  }

  /// Where in the triangle a point of its plane lies; nil outside.
  func feature(of point: SIMD3<Float>) -> TriangleFeature? {
    let p = Self.drop(axis, point)
    return Self.feature(
      turn * Orientation.sign(a, b, p), turn * Orientation.sign(b, c, p),
      turn * Orientation.sign(c, a, p))
  }

  /// The feature by the sides of a, b, c and their next corners that a point lies on; nil where it is
  /// outside of one.
  @inline(__always)
  static func feature(_ ab: Int, _ bc: Int, _ ca: Int) -> TriangleFeature? {
    if ab < 0 || bc < 0 || ca < 0 { return nil }
    switch (ab, bc, ca) {
    case (0, 0, _): return 1
    case (_, 0, 0): return 2
    case (0, _, 0): return 0
    case (0, _, _): return 3
    case (_, 0, _): return 4
    case (_, _, 0): return 5
    default: return 6
    }
  }

  /// The side, 3…5, that a segment of the plane crosses between its ends and the side's, from each of the
  /// sides at most once.
  func crossings(_ p: SIMD3<Float>, _ q: SIMD3<Float>, _ body: (TriangleFeature) -> Void) {
    let (p, q) = (Self.drop(axis, p), Self.drop(axis, q))
    for (side, (from, to)) in [(a, b), (b, c), (c, a)].enumerated() {
      let (s, t) = (Orientation.sign(from, to, p), Orientation.sign(from, to, q))
      guard s * t < 0 else { continue }
      if Orientation.sign(p, q, from) * Orientation.sign(p, q, to) < 0 { body(3 + side) }
    }
  }
}
