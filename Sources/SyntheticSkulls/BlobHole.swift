/// Holes as those of SkullBreak: a large ball, small balls on its surface, edges warped.
struct BlobHole: Hole {
  private let balls: [SIMD4<Float>]
  private let amplitude: Float
  private let noise: ValueNoise
  private let isMirrored: Bool

  /// The edge of the cells between whose corners the warp of the edges is trilinear, in mm.
  private static let cell: Float = 14

  init(
    _ points: BonePoints, _ region: BonePoints.Region, mirrored: Bool, _ stream: inout RandomStream
  ) {
    let centre = points.place(in: region, &stream)
    let radius = Float(28 + 8 * stream.normal(limit: 2))
    var balls = [SIMD4(centre, radius)]
    for _ in 0..<stream.integer(0...7) {
      let place = centre + radius * SIMD3<Float>(stream.direction())
      balls.append(SIMD4(place, Float(16 + 4 * stream.normal(limit: 2))))
    }
    self.balls = balls
    amplitude = Float(stream.uniform(0...4))
    isMirrored = mirrored
    noise = ValueNoise(
      stream: RandomStream(seed: stream.next(), case: 0, purpose: .defect, parts: [.max]),
      cell: Self.cell)
  }

  func holds(_ x: Float, _ y: Float, _ z: Float) -> Bool {
    if isIn(x, y, z) { return true }
    return isMirrored && isIn(-x, y, z)
  }

  private func isIn(_ x: Float, _ y: Float, _ z: Float) -> Bool {
    balls.withUnsafeBufferPointer { balls in
      // How far inside a ball the point lies, where it lies within reach of the warp.
      var deepest = -amplitude
      for ball in balls {
        let (dx, dy, dz) = (x - ball.x, y - ball.y, z - ball.z)
        let (square, reach) = (dx * dx + dy * dy + dz * dz, ball.w + amplitude)
        if square < reach * reach { deepest = max(deepest, ball.w - square.squareRoot()) }
      }
      if deepest <= -amplitude { return false }
      if deepest >= amplitude { return true }
      return deepest + amplitude * noise.at(x, y, z) > 0
    }
  }
}
