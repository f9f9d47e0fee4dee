/// Holes with straight edges, and the ball; see ``Defect/Kind``. They are one another's variants, so
/// they share a file.

/// A vertical square with burr holes at its corners, down to 45 mm below its middle at most: where the
/// vault falls away steeply a burr hole would run along it.
struct PrismHole: Hole {
  private let centre: SIMD3<Float>
  private let half: Float
  private let burrs: SIMD4<Float>
  private let bottom: Float

  init(_ points: BonePoints, _ stream: inout RandomStream) {
    centre = points.place(in: .crown, &stream)
    bottom = max(0, centre.z - 45)
    half = Float(stream.uniform(20...34))
    func square() -> Float {
      let radius = Float(stream.uniform(4...8.8))
      return radius * radius
    }
    burrs = SIMD4(square(), square(), square(), square())
  }

  func holds(_ x: Float, _ y: Float, _ z: Float) -> Bool {
    guard z > bottom else { return false }
    let (dx, dy) = (x - centre.x, y - centre.y)
    if abs(dx) <= half, abs(dy) <= half { return true }
    let (cx, cy) = (abs(dx) - half, abs(dy) - half)
    let burr = dx < 0 ? (dy < 0 ? burrs.x : burrs.y) : (dy < 0 ? burrs.z : burrs.w)
    return cx * cx + cy * cy <= burr
  }
}

/// A cube, turned at random.
struct CubeHole: Hole {
  private let centre, a, b, c: SIMD3<Float>
  private let half: Float

  init(_ points: BonePoints, _ stream: inout RandomStream) {
    centre = points.place(in: .vault, &stream)
    half = Float(stream.uniform(18...38))
    (a, b, c) = stream.axes(first: nil)
  }

  func holds(_ x: Float, _ y: Float, _ z: Float) -> Bool {
    let d = SIMD3(x, y, z) - centre
    return abs((d * a).sum()) <= half && abs((d * b).sum()) <= half && abs((d * c).sum()) <= half
  }
}

struct SphereHole: Hole {
  private let centre: SIMD3<Float>
  private let square: Float

  init(_ points: BonePoints, _ stream: inout RandomStream) {
    centre = points.place(in: .vault, &stream)
    let radius = Float(stream.uniform(18...42))
    square = radius * radius
  }

  func holds(_ x: Float, _ y: Float, _ z: Float) -> Bool {
    let (dx, dy, dz) = (x - centre.x, y - centre.y, z - centre.z)
    return dx * dx + dy * dy + dz * dz <= square
  }
}

/// A polygon in the plane that touches the vault, carried 25 mm inwards and outwards without end.
struct PolygonHole: Hole {
  private let centre, normal, a, b: SIMD3<Float>
  private let corners: [SIMD2<Float>]
  private let square: Float

  init(_ points: BonePoints, _ stream: inout RandomStream) {
    centre = points.place(in: .vault, &stream)
    (normal, a, b) = stream.axes(first: SIMD3<Double>(centre))
    let count = stream.integer(5...9)
    let radius = stream.uniform(20...42)
    var corners: [SIMD2<Float>] = []
    for corner in 0..<count {
      let angle = 2 * Double.pi * (Double(corner) + stream.uniform(-0.2...0.2)) / Double(count)
      let length = radius * stream.uniform(0.75...1.25)
      corners.append(
        SIMD2(
          Float(length * PowerSeries.cosine(angle - .pi)),
          Float(length * PowerSeries.sine(angle - .pi))))
    }
    self.corners = corners
    let longest = corners.map { ($0 * $0).sum() }.max() ?? 0
    square = longest
  }

  func holds(_ x: Float, _ y: Float, _ z: Float) -> Bool {
    let d = SIMD3(x, y, z) - centre
    guard (d * normal).sum() >= -25 else { return false }
    let (u, v) = ((d * a).sum(), (d * b).sum())
    guard u * u + v * v <= square else { return false }
    // Crossings of a ray along u with the edges.
    var isInside = false
    var last = corners[corners.count - 1]
    for corner in corners {
      if (corner.y > v) != (last.y > v),
        u < (last.x - corner.x) * (v - corner.y) / (last.y - corner.y) + corner.x
      {
        isInside.toggle()
      }
      last = corner
    }
    return isInside
  }
}

/// The front of the skull at full height, from one side.
struct FacialHole: Hole {
  private let behind: Float
  private let side: Float
  private let edge: Float

  init(_ points: BonePoints, _ stream: inout RandomStream) {
    behind = points.lower.y + 0.19 * (points.upper.y - points.lower.y)
    side = stream.unit() < 0.5 ? -1 : 1
    let width = Float(stream.uniform(0.3...1)) * (points.upper.x - points.lower.x)
    edge = side < 0 ? points.lower.x + width : width - points.upper.x
  }

  func holds(_ x: Float, _ y: Float, _ z: Float) -> Bool { y <= behind && -side * x <= edge }
}

extension RandomStream {
  /// Three axes at right angles, turned at random; or about a first one that is given.
  mutating func axes(
    first: SIMD3<Double>?
  ) -> (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>) {
    var a = first ?? direction()
    let length = (a * a).sum().squareRoot()
    a = length > 0 ? a / length : SIMD3(0, 0, 1)
    while true {
      var b = direction()
      b -= (a * b).sum() * a
      let square = (b * b).sum()
      guard square > 0.01 else { continue }
      b /= square.squareRoot()
      let c = SIMD3(
        a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
      return (SIMD3<Float>(a), SIMD3<Float>(b), SIMD3<Float>(c))
    }
  }
}
