/// On which side a point lies, exactly: the signs are those of the coordinates as they are, whatever is
/// rounded on the way.
///
/// *Source*: the error bounds of Shewchuk 1997; what they leave open is summed without rounding.
enum Orientation {
  private static let epsilon = 0x1p-53
  private static let bound3D = (7 + 56 * epsilon) * epsilon
  private static let bound2D = (3 + 16 * epsilon) * epsilon

  /// The sign of the volume of a, b, c, d: positive where a, b, c run counter-clockwise seen from where
  /// the plane has d behind it; 0 in one plane.
  @inline(__always)
  static func sign(
    _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>, _ d: SIMD3<Float>
  ) -> Int {
    let origin = SIMD3<Double>(d)
    let (u, v, w) = (
      SIMD3<Double>(a) - origin, SIMD3<Double>(b) - origin, SIMD3<Double>(c) - origin
    )
    let (vxwy, wxvy) = (v.x * w.y, w.x * v.y)
    let (wxuy, uxwy) = (w.x * u.y, u.x * w.y)
    let (uxvy, vxuy) = (u.x * v.y, v.x * u.y)
    let determinant = u.z * (vxwy - wxvy) + v.z * (wxuy - uxwy) + w.z * (uxvy - vxuy)
    let permanent =
      (abs(vxwy) + abs(wxvy)) * abs(u.z) + (abs(wxuy) + abs(uxwy)) * abs(v.z)
      + (abs(uxvy) + abs(vxuy)) * abs(w.z)
    if determinant > bound3D * permanent { return 1 }
    if determinant < -bound3D * permanent { return -1 }
    // In a plane across an axis, as on the flat sides of masks.
    if any((a .== d) .& (b .== d) .& (c .== d)) { return 0 }
    return exactSign(a, b, c, d)
  }

  @inline(never)
  private static func exactSign(
    _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>, _ d: SIMD3<Float>
  ) -> Int {
    ExactSum.sign { sum in
      // a·(b × c) − d·(b × c) − a·(d × c) − a·(b × d), in products of three floats.
      addTriple(a, b, c, 1, &sum)
      addTriple(d, b, c, -1, &sum)
      addTriple(a, d, c, -1, &sum)
      addTriple(a, b, d, -1, &sum)
    }
  }

  private static func addTriple(
    _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>, _ sign: Double, _ sum: inout ExactSum
  ) {
    for axis in 0..<3 {
      let (y, z) = ((axis + 1) % 3, (axis + 2) % 3)
      // A product of two floats is exact as a double.
      sum.add(Double(b[y]) * Double(c[z]), times: sign * Double(a[axis]))
      sum.add(Double(b[z]) * Double(c[y]), times: -sign * Double(a[axis]))
    }
  }

  /// The sign of the area of a, b, c in the plane: positive counter-clockwise.
  @inline(__always)
  static func sign(_ a: SIMD2<Float>, _ b: SIMD2<Float>, _ c: SIMD2<Float>) -> Int {
    let left = (Double(a.x) - Double(c.x)) * (Double(b.y) - Double(c.y))
    let right = (Double(a.y) - Double(c.y)) * (Double(b.x) - Double(c.x))
    let determinant = left - right
    let bound = bound2D * (abs(left) + abs(right))
    if determinant > bound { return 1 }
    if determinant < -bound { return -1 }
    return ExactSum.sign { sum in
      sum.add(Double(a.x) * Double(b.y))
      sum.add(-Double(a.x) * Double(c.y))
      sum.add(-Double(c.x) * Double(b.y))
      sum.add(-Double(a.y) * Double(b.x))
      sum.add(Double(a.y) * Double(c.x))
      sum.add(Double(c.y) * Double(b.x))
    }
  }
}
