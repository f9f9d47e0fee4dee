import TestSupport
import Testing

@testable import Meshes

@Suite struct OrientationTests {
  /// Whole numbers whose determinants fit 128 bits, so that the sign can be told without rounding.
  @Test("Signs are those of whole numbers, near planes and in them", arguments: [1, 20])
  func spatial(spread: Int32) {
    var random = SplitMix(state: UInt64(spread))
    var zeros = 0
    for _ in 0..<50_000 {
      // Three free points, and one next to a point of their plane.
      func number(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &random) }
      func point() -> SIMD3<Int64> {
        SIMD3<Int64>(number(-3000...3000), number(-3000...3000), number(-3000...3000))
      }
      let (a, b, c) = (point(), point(), point())
      let (i, j) = (number(-400...400), number(-400...400))
      // Of a spread of 20, mostly none: the point is in the plane.
      let most: Int64 = number(1...Int64(spread)) == 1 ? 1 : 0
      let jump = SIMD3<Int64>(number(0...most), number(0...most), number(0...most))
      let d = a &+ (b &- a) &* i &+ (c &- a) &* j &+ jump
      func wide(_ v: SIMD3<Int64>) -> [Int128] { (0..<3).map { Int128(v[$0] - d[$0]) } }
      let (u, v, w) = (wide(a), wide(b), wide(c))
      var exact: Int128 = u[0] * (v[1] * w[2] - v[2] * w[1])
      exact -= u[1] * (v[0] * w[2] - v[2] * w[0])
      exact += u[2] * (v[0] * w[1] - v[1] * w[0])
      guard (0..<3).allSatisfy({ abs(d[$0]) < 1 << 24 }) else { continue }
      zeros += exact == 0 ? 1 : 0
      // Tiny and exact in floats.
      let scale = Float(0x1p-20)
      func float(_ v: SIMD3<Int64>) -> SIMD3<Float> {
        SIMD3(Float(v.x), Float(v.y), Float(v.z)) * scale
      }
      let sign = Orientation.sign(float(a), float(b), float(c), float(d))
      #expect(sign == exact.signum(), "\(a) \(b) \(c) \(d)")
      let plane = TrianglePlane(Triangle(a: float(a), b: float(b), c: float(c)))
      #expect(plane.side(of: float(d)).map { $0 == sign } ?? true)
    }
    #expect(zeros > 1000)
  }

  @Test func theSignTellsWhichSide() {
    let (o, x, y, z) = (
      SIMD3<Float>(0, 0, 0), SIMD3<Float>(1, 0, 0), SIMD3<Float>(0, 1, 0), SIMD3<Float>(0, 0, 1)
    )
    #expect(Orientation.sign(o, x, y, -z) == 1 && Orientation.sign(o, x, y, z) == -1)
    #expect(Orientation.sign(SIMD2<Float>(0, 0), SIMD2(1, 0), SIMD2(0, 1)) == 1)
  }

  /// Coordinates of very different sizes, where differences are rounded.
  @Test func farApartCoordinatesAreExact() {
    let (a, b, c) = (
      SIMD3<Float>(1e20, 0, 0), SIMD3<Float>(0, 1e20, 0), SIMD3<Float>(-1e20, -1e20, 0)
    )
    #expect(Orientation.sign(a, b, c, SIMD3(1, 1, 1e-30)) == -1)
    #expect(Orientation.sign(a, b, c, SIMD3(1, 1, 0)) == 0)
    #expect(Orientation.sign(a, b, c, SIMD3(1, 1, -1e-30)) == 1)
  }
}
