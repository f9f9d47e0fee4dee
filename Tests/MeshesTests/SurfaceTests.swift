import TestSupport
import Testing
import Volumes

@testable import Meshes

@Suite struct SurfaceTests {
  @Test("Every set of corners gives a watertight surface", arguments: 0..<256)
  func everyCase(inside: Int) {
    let corners = mask(on: Geometry(sizes: GridSize(2, 2, 2))) { i, j, k in
      inside >> (i + 2 * j + 4 * k) & 1 == 1
    }
    let mesh = TriangleMesh(surfaceOf: corners)
    let check = MeshCheck(mesh)
    #expect(mesh.isEmpty == (inside == 0))
    if inside != 0 {
      #expect(check.isWatertight, "\(check)")
      #expect(mesh.signedVolume > 0)
      #expect(check.unusedVertices == 0)
    }
  }

  @Test("Every pair of neighbouring cubes agrees: all masks of 3 × 2 × 2 voxels")
  func everyPair() {
    for inside in 1..<4096 {
      let voxels = mask(on: Geometry(sizes: GridSize(3, 2, 2))) { i, j, k in
        inside >> (i + 3 * j + 6 * k) & 1 == 1
      }
      let mesh = TriangleMesh(surfaceOf: voxels)
      if !MeshCheck(mesh).isWatertight || mesh.signedVolume <= 0 {
        Issue.record("mask \(inside): \(MeshCheck(mesh))")
        return
      }
    }
  }

  @Test(
    "Random masks, borders included, give watertight surfaces",
    arguments: [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1.0], [GridSize(9, 8, 7), GridSize(70, 5, 4)])
  func randomMasks(density: Double, sizes: GridSize) {
    for seed in 0..<3 {
      let mesh = TriangleMesh(
        surfaceOf: Mask(randomOn: Geometry(sizes: sizes), density: density, seed: UInt64(seed)))
      let check = MeshCheck(mesh)
      #expect(check.isWatertight, "\(check)")
      #expect(check.unusedVertices == 0)
      #expect(mesh.signedVolume > 0)
    }
  }

  @Test("A checkerboard in space is watertight")
  func checkerboard() {
    let board = mask(on: Geometry(sizes: GridSize(8, 8, 8))) { ($0 + $1 + $2) % 2 == 0 }
    #expect(MeshCheck(TriangleMesh(surfaceOf: board)).isWatertight)
  }

  @Test("One voxel is an octahedron of a sixth of its volume")
  func singleVoxel() {
    let one = mask(on: Geometry(sizes: GridSize(1, 1, 1), spacing: SIMD3(1, 2, 3))) { _, _, _ in
      true
    }
    let mesh = TriangleMesh(surfaceOf: one)
    #expect(mesh.vertices.count == 6)
    #expect(mesh.triangles.count == 8)
    #expect(abs(mesh.signedVolume - 1) < 1e-6)
    #expect(MeshCheck(mesh).eulerNumber == 2)
  }

  @Test("A diagonal contact joins along an edge and separates in a corner")
  func contacts() {
    let g = Geometry(sizes: GridSize(2, 2, 2))
    let edge = TriangleMesh(surfaceOf: mask(on: g) { i, j, k in k == 0 && i == j })
    let corner = TriangleMesh(surfaceOf: mask(on: g) { i, j, k in i == j && j == k })
    #expect(MeshCheck(edge).components == 1)
    #expect(MeshCheck(corner).components == 2)
  }

  @Test("A ball is a sphere, a shell two, a ring has a handle")
  func genus() {
    let g = Geometry(sizes: GridSize(20, 20, 20))
    let solid = ball(radius: 8, on: g)
    let solidCheck = MeshCheck(TriangleMesh(surfaceOf: solid))
    #expect(solidCheck.components == 1)
    #expect(solidCheck.genus == 0)
    let hollow = ball(radius: 4, on: g)
    let shell = mask(on: g) { solid[$0, $1, $2] && !hollow[$0, $1, $2] }
    let shellCheck = MeshCheck(TriangleMesh(surfaceOf: shell))
    #expect(shellCheck.components == 2)
    #expect(shellCheck.genus == 0)
    let ring = mask(on: g) { i, j, k in
      (8...11).contains(k) && (3...16).contains(i) && (3...16).contains(j)
        && !((7...12).contains(i) && (7...12).contains(j))
    }
    #expect(MeshCheck(TriangleMesh(surfaceOf: ring)).genus == 1)
  }

  static let placements: [Geometry] = {
    let sizes = GridSize(24, 22, 20)
    let (c, s) = (0.8, 0.6)
    return [
      Geometry(sizes: sizes, spacing: SIMD3(0.9, 1.1, 1.5)),
      Geometry(
        sizes: sizes, space: .rightAnteriorSuperior,
        directions: Matrix3(diagonal: SIMD3(1, 1, 1.2)), origin: SIMD3(5, -40, 900)),
      Geometry(
        sizes: sizes, space: .leftAnteriorSuperior,
        directions: Matrix3(diagonal: SIMD3(1, 1, 1.2))),
      Geometry(
        sizes: sizes, space: .leftPosteriorSuperior,
        directions: Matrix3(diagonal: SIMD3(1, -1, 1.2))),
      Geometry(
        sizes: sizes, space: .leftPosteriorSuperior,
        directions: Matrix3(
          SIMD3(c, s, 0), SIMD3(-s * 1.2, c * 1.2, 0.3), SIMD3(0.1, -0.2, -0.9))),
    ]
  }()

  @Test("Normals point outward and vertices lie in LPS in any placement", arguments: placements)
  func placement(_ geometry: Geometry) throws {
    let voxels = mask(on: geometry) { i, j, k in
      (3..<20).contains(i) && (4..<17).contains(j) && (2..<17).contains(k) && i + 2 * j + k < 60
    }
    let mesh = TriangleMesh(surfaceOf: voxels)
    #expect(MeshCheck(mesh).isWatertight)
    let expected = Double(voxels.voxelCount) * geometry.voxelVolume
    #expect(abs(mesh.signedVolume / expected - 1) < 0.03)
    // Every vertex is the middle between an inside and an outside neighbour.
    let indexFromLPS = try #require(geometry.indexFromLPS)
    let strays = mesh.vertices.filter { vertex in
      let index = indexFromLPS * SIMD3<Double>(vertex)
      let off = index - index.rounded(.toNearestOrEven)
      return (0..<3).count { abs(abs(off[$0]) - 0.5) < 1e-3 } != 1
    }
    #expect(strays.isEmpty)
  }

  @Test("The same bytes at any thread count", arguments: [2, 3, 8])
  func threads(_ threads: Int) {
    let voxels = Mask(randomOn: Geometry(sizes: GridSize(67, 31, 23)), density: 0.4, seed: 5)
    #expect(
      TriangleMesh(surfaceOf: voxels) == TriangleMesh(surfaceOf: voxels, threads: threads))
  }

  @Test("The table holds no triangle without area and no diagonal in a cube face")
  func table() {
    let cases = CubeCases.all
    for inside in 0..<256 {
      var uses: [Set<UInt8>: Int] = [:]
      for t in cases.firstTriangle[inside]..<cases.firstTriangle[inside + 1] {
        let corners = Array(cases.edges[3 * t..<3 * t + 3])
        #expect(Set(corners).count == 3)
        for i in 0..<3 { uses[[corners[i], corners[(i + 1) % 3]], default: 0] += 1 }
      }
      // A diagonal is in two triangles of its cube, a segment on the cube's surface in one.
      for (ends, count) in uses where count == 2 {
        let crossings = ends.sorted()
        #expect(!CubeCases.shareFace(crossings[0], crossings[1]))
      }
    }
  }
}
