internal import Volumes

/// Numbers on cubic cells along the axes, looked up at points.
struct CellField: Sendable {
  private let values: [Float]
  private let sizes: GridSize
  private let origin: SIMD3<Double>
  private let perCell: Double
  /// What lies outside the cells.
  let beyond: Double

  /// - Precondition: the volume lies along LPS, with cubic cells.
  init(_ volume: Volume<Float>, beyond: Double) {
    values = volume.withVoxels { Array($0) }
    sizes = volume.sizes
    origin = volume.geometry.origin
    perCell = 1 / volume.geometry.directions[0].x
    self.beyond = beyond
  }

  /// The value at a point, trilinear between the cells' middles.
  @inline(__always)
  func callAsFunction(_ x: Double, _ y: Double, _ z: Double) -> Double {
    let (i, j, k) = ((x - origin.x) * perCell, (y - origin.y) * perCell, (z - origin.z) * perCell)
    guard i >= 0, j >= 0, k >= 0, i < Double(sizes.x - 1), j < Double(sizes.y - 1),
      k < Double(sizes.z - 1)
    else { return beyond }
    let (a, b, c) = (Int(i), Int(j), Int(k))
    let (s, t, u) = (Float(i - Double(a)), Float(j - Double(b)), Float(k - Double(c)))
    let (up, far) = (sizes.x, sizes.x * sizes.y)
    return values.withUnsafeBufferPointer { values in
      let at = values.baseAddress! + (a + up * b + far * c)
      let near = at[0] + s * (at[1] - at[0])
      let above = at[up] + s * (at[up + 1] - at[up])
      let behind = at[far] + s * (at[far + 1] - at[far])
      let last = at[far + up] + s * (at[far + up + 1] - at[far + up])
      let front = near + t * (above - near)
      return Double(front + u * (behind + t * (last - behind) - front))
    }
  }

  /// The value at a point in LPS mm.
  func callAsFunction(_ p: SIMD3<Double>) -> Double { self(p.x, p.y, p.z) }

  /// The slope at a point, per mm, from the cells beside it; zero outside.
  func gradient(_ p: SIMD3<Double>) -> SIMD3<Double> {
    let h = 1 / perCell
    func slope(_ a: Double, _ b: Double) -> Double {
      a == beyond || b == beyond ? 0 : (b - a) / (2 * h)
    }
    return SIMD3(
      slope(self(p.x - h, p.y, p.z), self(p.x + h, p.y, p.z)),
      slope(self(p.x, p.y - h, p.z), self(p.x, p.y + h, p.z)),
      slope(self(p.x, p.y, p.z - h), self(p.x, p.y, p.z + h)))
  }
}
