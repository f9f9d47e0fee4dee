/// How two triangles meet, exactly.
enum TriangleMeeting {
  case none
  /// In one point: a corner on a face, on a side or on another corner, or two sides that cross.
  case point
  /// Along a line, or where they lie in one plane in an area.
  case line

  /// How two triangles with no common vertex meet; both have an area.
  ///
  /// Points that are known to lie on one side of a triangle's plane were ruled out before.
  @inline(never)
  static func of(_ a: Triangle, _ b: Triangle) -> TriangleMeeting {
    let sidesB = (a.side(of: b.a), a.side(of: b.b), a.side(of: b.c))
    if isOneSided(sidesB) { return .none }
    let sidesA = (b.side(of: a.a), b.side(of: a.b), b.side(of: a.c))
    if isOneSided(sidesA) { return .none }
    // Points at the ends of what they have in common, each by the part of a and of b that it is in; no
    // two of them are in the same parts.
    var found: UInt64 = 0
    func add(_ inA: TriangleFeature, _ inB: TriangleFeature) {
      found |= 1 << UInt64(inA * 7 + inB)
    }
    let (flatA, flatB) = (a.flat, b.flat)
    for i in 0..<3 {
      if side(sidesA, i) == 0, let feature = flatB.feature(of: a[i]) { add(i, feature) }
      if side(sidesB, i) == 0, let feature = flatA.feature(of: b[i]) { add(feature, i) }
      let next = (i + 1) % 3
      if side(sidesA, i) * side(sidesA, next) < 0, let feature = crossing(a[i], a[next], b) {
        add(3 + i, feature)
      }
      if side(sidesB, i) * side(sidesB, next) < 0, let feature = crossing(b[i], b[next], a) {
        add(feature, 3 + i)
      }
      // In one plane, sides may cross each other without a corner in the other triangle. A side in the
      // plane of the other triangle alone crosses it where the latter's sides cross its plane.
      if sidesA == (0, 0, 0) { flatB.crossings(a[i], a[next]) { add(3 + i, $0) } }
    }
    return found == 0 ? .none : found & (found - 1) == 0 ? .point : .line
  }

  /// Whether two triangles with a common corner, the first of both, meet elsewhere too; then they do so
  /// along a line.
  @inline(never)
  static func beyondCorner(_ a: Triangle, _ b: Triangle) -> Bool {
    // What they have in common is convex, so some of it is at the side opposite to the corner.
    meets(a.b, a.c, b) || meets(b.b, b.c, a)
  }

  /// Whether two triangles with a common side, their first two corners each, lie on each other.
  static func beyondSide(_ a: Triangle, _ b: Triangle) -> Bool {
    guard a.side(of: b.c) == 0 else { return false }
    let apex = Triangle(a: a.a, b: a.b, c: b.c)
    // Both normals point the same way where the apexes are on the same side.
    let (n, m) = (a.normal, apex.normal)
    return (n * m).sum() > 0
  }

  @inline(__always)
  private static func side(_ sides: (Int, Int, Int), _ i: Int) -> Int {
    i == 0 ? sides.0 : i == 1 ? sides.1 : sides.2
  }

  @inline(__always)
  private static func isOneSided(_ s: (Int, Int, Int)) -> Bool {
    (s.0 > 0 && s.1 > 0 && s.2 > 0) || (s.0 < 0 && s.1 < 0 && s.2 < 0)
  }

  /// Where a segment whose ends lie on different sides of a triangle's plane passes through the triangle.
  @inline(__always)
  private static func crossing(
    _ p: SIMD3<Float>, _ q: SIMD3<Float>, _ t: Triangle
  ) -> TriangleFeature? {
    let ab = Orientation.sign(p, q, t.a, t.b)
    let bc = Orientation.sign(p, q, t.b, t.c)
    let ca = Orientation.sign(p, q, t.c, t.a)
    return ab + bc + ca > 0
      ? FlatTriangle.feature(ab, bc, ca) : FlatTriangle.feature(-ab, -bc, -ca)
  }

  /// Whether a segment and a triangle have a point in common.
  private static func meets(_ p: SIMD3<Float>, _ q: SIMD3<Float>, _ t: Triangle) -> Bool {
    let (sp, sq) = (t.side(of: p), t.side(of: q))
    if sp * sq > 0 { return false }
    if sp * sq < 0 { return crossing(p, q, t) != nil }
    let flat = t.flat
    if sp == 0, flat.feature(of: p) != nil { return true }
    if sq == 0, flat.feature(of: q) != nil { return true }
    guard sp == 0, sq == 0 else { return false }
    var crosses = false
    flat.crossings(p, q) { _ in crosses = true }
    return crosses
  }
}
