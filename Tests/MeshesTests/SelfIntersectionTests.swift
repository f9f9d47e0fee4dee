import TestSupport
import Testing
import Volumes

@testable import Meshes

@Suite struct SelfIntersectionTests {
  static func triangle(
    _ a: (Float, Float, Float), _ b: (Float, Float, Float), _ c: (Float, Float, Float)
  ) -> Triangle {
    Triangle(a: SIMD3(a.0, a.1, a.2), b: SIMD3(b.0, b.1, b.2), c: SIMD3(c.0, c.1, c.2))
  }

  static let floor = triangle((0, 0, 0), (4, 0, 0), (0, 4, 0))
  static let meetings: [(String, Triangle, TriangleMeeting)] = [
    ("pierces", triangle((1, 1, -1), (1, 1, 1), (5, 5, 1)), .line),
    ("above", triangle((1, 1, 1), (1, 2, 1), (2, 1, 1)), .none),
    ("beside", triangle((9, 9, -1), (9, 9, 1), (9, 8, 1)), .none),
    ("corner on the face", triangle((1, 1, 0), (1, 2, 1), (2, 1, 1)), .point),
    ("corner on a side", triangle((2, 0, 0), (1, -2, 1), (2, -1, 1)), .point),
    ("corner on a corner", triangle((4, 0, 0), (5, -2, 1), (6, -1, 1)), .point),
    ("sides cross", triangle((2, 0, -1), (2, 0, 1), (2, -1, 0)), .point),
    ("side in the face", triangle((1, 1, 0), (2, 1, 0), (1, 1, 3)), .line),
    ("side on a side", triangle((1, 0, 0), (2, 0, 0), (1, -1, 3)), .line),
    ("side runs out of the face", triangle((1, 1, 0), (9, 1, 0), (1, 1, 3)), .line),
    ("side passes over the face", triangle((-1, 1, 0), (9, 1, 0), (1, 1, 3)), .line),
    ("side passes a corner", triangle((3, -1, 0), (5, 1, 0), (9, 9, 9)), .point),
    ("in one plane, overlapping", triangle((1, 1, 0), (9, 1, 0), (1, 9, 0)), .line),
    ("in one plane, inside", triangle((1, 1, 0), (2, 1, 0), (1, 2, 0)), .line),
    ("in one plane, a star", triangle((3, 3, 0), (-2, 2, 0), (2, -2, 0)), .line),
    ("in one plane, apart", triangle((5, 5, 0), (9, 1, 0), (9, 9, 0)), .none),
    ("in one plane, a corner", triangle((4, 0, 0), (9, 1, 0), (9, -1, 0)), .point),
    ("the same with other vertices", floor, .line),
  ]

  @Test(arguments: meetings) func twoTrianglesMeet(
    what: String, other: Triangle, how: TriangleMeeting
  ) {
    func turned(_ t: Triangle, _ turn: Int) -> Triangle {
      let corners = [t.a, t.b, t.c]
      let order = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 0, 2]][turn]
      return Triangle(a: corners[order[0]], b: corners[order[1]], c: corners[order[2]])
    }
    for i in 0..<6 {
      for j in 0..<6 {
        let (a, b) = (turned(Self.floor, i), turned(other, j))
        #expect(TriangleMeeting.of(a, b) == how && TriangleMeeting.of(b, a) == how, "\(what)")
      }
    }
  }

  static func intersections(_ vertices: [SIMD3<Float>], _ triangles: [SIMD3<UInt32>]) -> Int {
    SelfIntersections(of: TriangleMesh(vertices: vertices, triangles: triangles)).crossings
  }

  @Test func neighboursThatFoldOverAreFound() {
    let corners: [SIMD3<Float>] = [SIMD3(0, 0, 0), SIMD3(4, 0, 0), SIMD3(0, 4, 0)]
    func pair(_ other: SIMD3<Float>) -> Int {
      Self.intersections(corners + [other], [SIMD3(0, 1, 2), SIMD3(1, 0, 3)])
    }
    #expect(pair(SIMD3(1, 1, 0)) == 1 && pair(SIMD3(1, -1, 0)) == 0 && pair(SIMD3(1, 1, 1)) == 0)
    func fan(_ b: SIMD3<Float>, _ c: SIMD3<Float>) -> Int {
      Self.intersections(corners + [b, c], [SIMD3(0, 1, 2), SIMD3(0, 3, 4)])
    }
    #expect(fan(SIMD3(1, 1, -1), SIMD3(1, 1, 1)) == 1)
    #expect(fan(SIMD3(2, 0, 0), SIMD3(1, -1, 1)) == 1)
    #expect(fan(SIMD3(1, 1, 0), SIMD3(1, 2, 1)) == 1)
    #expect(fan(SIMD3(-1, 1, 0), SIMD3(-1, 2, 1)) == 0)
    #expect(fan(SIMD3(-4, 0, 0), SIMD3(0, -4, 0)) == 0)
  }

  @Test("Surfaces of masks, noise too, do not cross themselves", arguments: [0.1, 0.3, 0.5, 0.7])
  func masks(density: Double) {
    let grid = Geometry(
      sizes: GridSize(16, 15, 14), space: .leftPosteriorSuperior,
      directions: Matrix3(SIMD3(0.7, 0.1, 0), SIMD3(-0.1, 0.9, 0.2), SIMD3(0, -0.3, 1.3)),
      origin: SIMD3(-30, 77.7, 12))
    for seed in 0..<4 {
      let noise = Mask(randomOn: grid, density: density, seed: UInt64(seed))
      let found = SelfIntersections(of: TriangleMesh(surfaceOf: noise), threads: 2)
      #expect(found.crossings == 0 && found.isComplete)
    }
  }

  @Test("As many as when every pair is looked at", arguments: [1, 2, 3])
  func allPairs(seed: UInt64) {
    var random = SplitMix(state: seed)
    func number() -> Float { Float(Int.random(in: -4...4, using: &random)) }
    var vertices: [SIMD3<Float>] = []
    for _ in 0..<120 { vertices.append(SIMD3<Float>(number(), number(), number())) }
    var triangles: [SIMD3<UInt32>] = []
    for first in stride(from: UInt32(0), to: 120, by: 3) {
      triangles.append(SIMD3<UInt32>(first, first + 1, first + 2))
    }
    let mesh = TriangleMesh(vertices: vertices, triangles: triangles)
    var (lines, points) = (0, 0)
    let all = triangles.map { t in
      Triangle(a: vertices[Int(t.x)], b: vertices[Int(t.y)], c: vertices[Int(t.z)])
    }.filter { $0.normal != .zero }
    for i in all.indices {
      for j in all.indices where j > i {
        switch TriangleMeeting.of(all[i], all[j]) {
        case .line: lines += 1
        case .point: points += 1
        case .none: break
        }
      }
    }
    let found = SelfIntersections(of: mesh)
    #expect(found.crossings == lines && found.touches == points && lines > 20 && points > 0)
    #expect(found == SelfIntersections(of: mesh, threads: 4))
  }

  @Test func whatWouldNotEndIsGivenUp() {
    // Slivers side by side whose boxes all lie in each other, and none of which meets another.
    var vertices: [SIMD3<Float>] = []
    var triangles: [SIMD3<UInt32>] = []
    for i in 0..<UInt32(12_000) {
      let x = Float(i) * 0.01
      vertices.append(SIMD3<Float>(x, 0, 0))
      vertices.append(SIMD3<Float>(x + 1000, 1000, 1000))
      vertices.append(SIMD3<Float>(x + 1000, 1000, 1000.001))
      triangles.append(SIMD3<UInt32>(i * 3, i * 3 + 1, i * 3 + 2))
    }
    let found = SelfIntersections(of: TriangleMesh(vertices: vertices, triangles: triangles))
    #expect(!found.isComplete && found.crossings == 0)
  }
}
