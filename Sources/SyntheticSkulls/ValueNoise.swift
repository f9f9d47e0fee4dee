/// Smooth noise from −1 to 1: random numbers at the corners of cubic cells, trilinear in between.
struct ValueNoise {
  private let stream: RandomStream
  private let perCell: Float

  /// Noise whose cells have this edge, in mm.
  init(stream: RandomStream, cell: Float) {
    (self.stream, perCell) = (stream, 1 / cell)
  }

  /// The noise at a place in mm, within ±4096 cells.
  func at(_ x: Float, _ y: Float, _ z: Float) -> Float {
    let (u, v, w) = (x * perCell, y * perCell, z * perCell)
    let (fx, fy, fz) = (u.rounded(.down), v.rounded(.down), w.rounded(.down))
    let (i, j, k) = (Int64(fx) + 4096, Int64(fy) + 4096, Int64(fz) + 4096)
    let (tx, ty, tz) = (u - fx, v - fy, w - fz)
    func corner(_ a: Int64, _ b: Int64, _ c: Int64) -> Float {
      let index = UInt64(bitPattern: ((k + c) << 40) ^ ((j + b) << 20) ^ (i + a))
      return Float(Int32(truncatingIfNeeded: stream[index] >> 32)) * 0x1p-31
    }
    func alongX(_ b: Int64, _ c: Int64) -> Float {
      let first = corner(0, b, c)
      return first + tx * (corner(1, b, c) - first)
    }
    func alongY(_ c: Int64) -> Float {
      let first = alongX(0, c)
      return first + ty * (alongX(1, c) - first)
    }
    let first = alongY(0)
    return first + tz * (alongY(1) - first)
  }
}
