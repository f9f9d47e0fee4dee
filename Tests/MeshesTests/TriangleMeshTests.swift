import Testing
import Volumes

@testable import Meshes

@Suite struct TriangleMeshTests {
  /// A box of 2 × 3 × 4 mm with a corner at the origin.
  static let box = TriangleMesh(
    vertices: (0..<8).map { SIMD3(Float($0 & 1) * 2, Float($0 >> 1 & 1) * 3, Float($0 >> 2) * 4) },
    triangles: [
      SIMD3(0, 2, 1), SIMD3(1, 2, 3), SIMD3(4, 5, 6), SIMD3(5, 7, 6), SIMD3(0, 1, 4),
      SIMD3(1, 5, 4), SIMD3(2, 6, 3), SIMD3(3, 6, 7), SIMD3(0, 4, 2), SIMD3(2, 4, 6),
      SIMD3(1, 3, 5), SIMD3(3, 7, 5),
    ])

  @Test("Volume, area and bounding box of a box")
  func box() throws {
    #expect(abs(Self.box.signedVolume - 24) < 1e-9)
    #expect(abs(Self.box.area - 52) < 1e-9)
    let bounds = try #require(Self.box.boundingBox)
    #expect(bounds.lowest == .zero)
    #expect(bounds.highest == SIMD3(2, 3, 4))
    #expect(MeshCheck(Self.box).isWatertight)
  }

  @Test("A mesh far from the origin keeps its volume")
  func farAway() {
    let moved = Self.box.transformed(
      by: Affine(linear: .identity, translation: SIMD3(4096, -8192, 16384)))
    #expect(abs(moved.signedVolume - 24) < 1e-9)
  }

  @Test("A mirrored mesh still has its normals outside")
  func mirrored() {
    let map = Affine(linear: Matrix3(diagonal: SIMD3(-1, 2, 1)), translation: SIMD3(9, 0, 0))
    let mirrored = Self.box.transformed(by: map)
    #expect(abs(mirrored.signedVolume - 48) < 1e-9)
    #expect(MeshCheck(mirrored).isWatertight)
  }

  @Test("An empty mesh measures nothing")
  func empty() {
    let empty = TriangleMesh()
    #expect(empty.signedVolume == 0 && empty.area == 0 && empty.boundingBox == nil)
    #expect(!MeshCheck(empty).isWatertight)
  }
}

@Suite struct MeshCheckTests {
  @Test("A missing triangle leaves three boundary edges")
  func hole() {
    var mesh = TriangleMeshTests.box
    mesh.triangles.removeLast()
    let check = MeshCheck(mesh)
    #expect(check.boundaryEdges == 3)
    #expect(!check.isClosed && check.genus == nil)
  }

  @Test("A turned triangle makes three edges inconsistent")
  func turned() {
    var mesh = TriangleMeshTests.box
    let t = mesh.triangles[4]
    mesh.triangles[4] = SIMD3(t.x, t.z, t.y)
    #expect(MeshCheck(mesh).inconsistentEdges == 3)
    #expect(!MeshCheck(mesh).isClosed)
  }

  @Test("Two boxes that share an edge, and two that share a vertex")
  func contacts() {
    let box = TriangleMeshTests.box
    func joined(_ shared: [UInt32: UInt32]) -> TriangleMesh {
      let second = box.triangles.map { t in
        SIMD3(
          shared[t.x] ?? t.x + 8, shared[t.y] ?? t.y + 8, shared[t.z] ?? t.z + 8)
      }
      let offset = SIMD3<Float>(2, 3, 0)
      return TriangleMesh(
        vertices: box.vertices + box.vertices.map { $0 + offset },
        triangles: box.triangles + second)
    }
    // Vertices 0 and 4 of the second box lie on 3 and 7 of the first.
    let edge = MeshCheck(joined([0: 3, 4: 7]))
    #expect(edge.nonManifoldEdges == 1)
    #expect(edge.components == 1)
    #expect(edge.unusedVertices == 2)
    let vertex = MeshCheck(joined([0: 3]))
    #expect(vertex.nonManifoldEdges == 0)
    #expect(vertex.nonManifoldVertices == 1)
    #expect(vertex.isClosed && !vertex.isWatertight && vertex.genus == nil)
  }

  @Test("Triangles without area and vertices without a place are counted")
  func degenerate() {
    var mesh = TriangleMeshTests.box
    mesh.triangles.append(SIMD3(1, 1, 2))
    mesh.vertices[0].x = .nan
    let check = MeshCheck(mesh)
    #expect(check.degenerateTriangles >= 1)
    #expect(check.nonFiniteVertices == 1)
    #expect(!check.isWatertight)
  }
}
