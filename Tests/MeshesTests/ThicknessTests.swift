import TestSupport
import Testing
import Volumes

@testable import Meshes

@Suite struct ThicknessTests {
  /// A sphere by subdivision of an octahedron.
  static func sphere(_ radius: Float, rounds: Int = 5, inward: Bool = false) -> TriangleMesh {
    var points: [SIMD3<Float>] = [
      SIMD3(1, 0, 0), SIMD3(-1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, -1, 0), SIMD3(0, 0, 1),
      SIMD3(0, 0, -1),
    ]
    var triangles: [SIMD3<UInt32>] = [
      SIMD3(0, 2, 4), SIMD3(2, 1, 4), SIMD3(1, 3, 4), SIMD3(3, 0, 4), SIMD3(2, 0, 5),
      SIMD3(1, 2, 5),
      SIMD3(3, 1, 5), SIMD3(0, 3, 5),
    ]
    for _ in 0..<rounds {
      var middles: [UInt64: UInt32] = [:]
      func middle(_ a: UInt32, _ b: UInt32) -> UInt32 {
        let key = UInt64(min(a, b)) << 32 | UInt64(max(a, b))
        if let known = middles[key] { return known }
        let sum = points[Int(a)] + points[Int(b)]
        points.append(sum / (sum * sum).sum().squareRoot())
        middles[key] = UInt32(points.count - 1)
        return UInt32(points.count - 1)
      }
      triangles = triangles.flatMap { t -> [SIMD3<UInt32>] in
        let (ab, bc, ca) = (middle(t.x, t.y), middle(t.y, t.z), middle(t.z, t.x))
        return [SIMD3(t.x, ab, ca), SIMD3(t.y, bc, ab), SIMD3(t.z, ca, bc), SIMD3(ab, bc, ca)]
      }
    }
    return TriangleMesh(
      vertices: points.map { $0 * radius },
      triangles: inward ? triangles.map { SIMD3($0.x, $0.z, $0.y) } : triangles)
  }

  @Test func aShellIsAsThickAsItIs() throws {
    let shell = TriangleMesh(joining: [Self.sphere(50), Self.sphere(46, inward: true)])
    let thickness = shell.thickness(samples: 5000, threads: 2)
    #expect(thickness.count == 5000)
    for share in [0.0, 0.01, 0.5, 1] {
      let found = try #require(thickness.quantile(share))
      // Chords of the triangles make up the difference.
      #expect(abs(found - 4) < 0.1, "\(found) at \(share)")
    }
    #expect(thickness == shell.thickness(samples: 5000))
    #expect(shell.thickness(samples: 500).count == 500)
    #expect(TriangleMesh().thickness().least == nil)
  }

  @Test func aBoxHasItsThreeSides() {
    let box = mask(on: Geometry(sizes: GridSize(24, 14, 8))) { i, j, k in
      (2..<22).contains(i) && (2..<12).contains(j) && (2..<6).contains(k)
    }
    let thickness = TriangleMesh(surfaceOf: box).thickness(samples: 8000)
    // Chamfers of half a voxel aside: 200 mm² of 4 mm, 80 of 10 mm and 40 of 20 mm on each side.
    #expect(abs(thickness.share(below: 4.1) - 200.0 / 320) < 0.08)
    #expect(thickness.quantile(0.5).map { abs($0 - 4) < 1e-4 } == true)
    #expect(thickness.most.map { abs($0 - 20) < 1e-3 } == true)
  }

  @Test func distancesAreThoseToTheNearestTriangle() {
    let ball = Self.sphere(10, rounds: 3)
    let tree = TriangleTree(ball)
    var random = SplitMix(state: 4)
    tree.withWalk { walk in
      for _ in 0..<200 {
        func number() -> Float { .random(in: -14...14, using: &random) }
        let point = SIMD3<Float>(number(), number(), number())
        let exact = SIMD3<Double>(point)
        let least = tree.triangles.map { TreeWalk.squaredDistance(of: exact, to: $0) }.min() ?? 0
        let found = walk.distance(to: point, atMost: 100)
        #expect(found.map { abs(Double($0) - least.squareRoot()) < 1e-5 } == true)
        #expect((walk.distance(to: point, atMost: 1) == nil) == (least > 1))
      }
    }
  }

  @Test func samplesStandForEqualAreas() {
    let plate = TriangleMesh(
      vertices: [SIMD3(0, 0, 0), SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 9, 0), SIMD3(9, 0, 0)],
      triangles: [SIMD3(0, 1, 2), SIMD3(0, 4, 3)])
    let samples = plate.samples(count: 820)
    #expect(samples.count == 820 && samples.count { $0.triangle == 0 } == 10)
    #expect(samples.allSatisfy { $0.point.x + $0.point.y <= 9 && $0.normal == SIMD3(0, 0, 1) })
  }
}
