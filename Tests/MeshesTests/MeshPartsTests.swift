import TestSupport
import Testing
import Volumes

@testable import Meshes

@Suite struct MeshPartsTests {
  static let grid = Geometry(sizes: GridSize(40, 40, 40))

  static func shell(_ outer: Double, _ inner: Double) -> Mask {
    mask(on: grid) { i, j, k in
      let p = SIMD3(Double(i), Double(j), Double(k)) - 19.5
      return p.length <= outer && p.length > inner
    }
  }

  @Test func aHollowBallInABallHasFourShells() {
    var mask = Self.shell(18, 14)
    let core = Self.shell(10, 5)
    mask.withMutableBytes { bytes in
      core.withBytes { for i in bytes.indices where $0[i] != 0 { bytes[i] = 1 } }
    }
    let parts = MeshParts(of: TriangleMesh(surfaceOf: mask))
    #expect(parts.shells.map(\.depth).sorted() == [0, 1, 2, 3])
    #expect(parts.outerCount == 2 && parts.cavityCount == 2 && parts.turnedCount == 0)
    #expect(parts.shells.count { $0.volume < 0 } == 2)
  }

  @Test func shellsThatAreTurnedAreCounted() {
    var mesh = TriangleMesh(surfaceOf: Self.shell(18, 14))
    mesh.triangles = mesh.triangles.map { SIMD3($0.x, $0.z, $0.y) }
    #expect(MeshParts(of: mesh).turnedCount == 2)
    let ball = TriangleMesh(surfaceOf: Self.shell(8, 0))
    let moved = ball.transformed(by: Affine(linear: .identity, translation: SIMD3(50, 3, 2)))
    let further = ball.transformed(by: Affine(linear: .identity, translation: SIMD3(-50, 1, 0)))
    let turned = TriangleMesh(
      vertices: further.vertices, triangles: further.triangles.map { SIMD3($0.x, $0.z, $0.y) })
    let parts = MeshParts(of: TriangleMesh(joining: [ball, moved, turned]))
    #expect(parts.shells.count == 3 && parts.turnedCount == 1)
    #expect(MeshParts(of: TriangleMesh(joining: [ball, moved])).turnedCount == 0)
  }
}
