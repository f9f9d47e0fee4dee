internal import Volumes

/// The ball that most of a skull's surface lies on.
struct VaultSphere {
  /// The middle, in the frame of the points.
  let centre: SIMD3<Double>
  /// In mm.
  let radius: Double

  /// Radii of vaults, in mm, from a newborn's to the largest.
  static let radii = 40.0...110.0

  /// Nil where no four points lie on such a ball.
  ///
  /// *Source*: random sample consensus, with 400 samples in an order that is always the same.
  /// - Complexity: O(400 · points).
  init?(through points: ArraySlice<SIMD3<Double>>) {
    let points = Array(points)
    guard points.count >= 100 else { return nil }
    var best: (count: Int, centre: SIMD3<Double>, radius: Double)?
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func next() -> Int {
      // Knuth's linear congruence; its upper bits are random enough to choose points.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % points.count
    }
    for _ in 0..<400 {
      let (a, b, c, d) = (points[next()], points[next()], points[next()], points[next()])
      // The planes halfway between a and the others meet in the middle.
      let rows = Matrix3(b - a, c - a, d - a).transposed
      guard let inverse = rows.inverse else { continue }
      let half = SIMD3(
        (b.dot(b) - a.dot(a)) / 2, (c.dot(c) - a.dot(a)) / 2, (d.dot(d) - a.dot(a)) / 2)
      let centre = inverse * half
      let radius = (a - centre).length
      guard Self.radii.contains(radius) else { continue }
      var count = 0
      for p in points where abs((p - centre).length - radius) < 6 { count += 1 }
      if count > best?.count ?? 0 { best = (count, centre, radius) }
    }
    guard let best else { return nil }
    (centre, radius) = (best.centre, best.radius)
  }
}
