import TestSupport
import Testing
import Volumes

@testable import Meshes

@Suite struct VoxelizationTests {
  static let grids: [Geometry] = [
    Geometry(sizes: GridSize(20, 17, 13)),
    Geometry(
      sizes: GridSize(20, 17, 13), space: .rightAnteriorSuperior,
      directions: Matrix3(SIMD3(0.7, 0.1, 0), SIMD3(-0.1, 0.9, 0.2), SIMD3(0, -0.3, 1.3)),
      origin: SIMD3(-123, 77.7, 1234.5)),
    // Left-handed, and in other order of axes.
    Geometry(
      sizes: GridSize(20, 17, 13), space: .leftPosteriorSuperior,
      directions: Matrix3(SIMD3(0, 0, -0.44), SIMD3(0.5, 0.3, 0), SIMD3(0.3, -0.5, 0)),
      origin: SIMD3(10, -20, 30)),
  ]

  @Test("The surface of a mask gives the mask again", arguments: 0..<3, [0.2, 0.5, 0.8])
  func roundTrip(grid: Int, density: Double) {
    for seed in 0..<5 {
      let noise = Mask(randomOn: Self.grids[grid], density: density, seed: UInt64(seed))
      let surface = TriangleMesh(surfaceOf: noise)
      #expect(Mask(filling: surface, on: noise.geometry) == noise)
      #expect(Mask(filling: surface, on: noise.geometry, threads: 3) == noise)
    }
  }

  @Test func aMeshInPlaneWithTheVoxelsIsFilledHalfOpen() {
    // A box whose sides pass through voxel centres: those of the low sides are in or out together.
    let corners = (0..<8).map {
      SIMD3<Float>($0 & 1 == 0 ? 2 : 6, $0 & 2 == 0 ? 2 : 7, $0 & 4 == 0 ? 2 : 5)
    }
    let sides: [[UInt32]] = [
      [0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6],
    ]
    let box = TriangleMesh(
      vertices: corners,
      triangles: sides.flatMap { [SIMD3($0[0], $0[1], $0[2]), SIMD3($0[0], $0[2], $0[3])] })
    let filled = Mask(filling: box, on: Geometry(sizes: GridSize(10, 10, 10)))
    #expect(filled.voxelCount == 4 * 5 * 3)
  }

  @Test func overlappingAndTurnedSolidsAreJoined() {
    let ball = ThicknessTests.sphere(6)
    let other = ball.transformed(by: Affine(linear: .identity, translation: SIMD3(5, 0, 0)))
    let grid = Geometry(
      sizes: GridSize(64, 48, 48), space: .leftPosteriorSuperior,
      directions: Matrix3(diagonal: SIMD3(repeating: 0.4)), origin: SIMD3(-10, -9.6, -9.6))
    let union = Mask(filling: TriangleMesh(joining: [ball, other]), on: grid)
    let one = Mask(filling: ball, on: grid)
    let expected = 4 / 3 * Double.pi * 216
    #expect(abs(Double(one.voxelCount) * 0.064 / expected - 1) < 0.01)
    // Two balls of radius 6, 5 apart, less their lens.
    let lens = Double.pi * (12 - 5) * (12 - 5) * (25 + 20 * 6) / 60
    #expect(abs(Double(union.voxelCount) * 0.064 / (2 * expected - lens) - 1) < 0.01)
    let turned = TriangleMesh(
      vertices: ball.vertices, triangles: ball.triangles.map { SIMD3($0.x, $0.z, $0.y) })
    #expect(Mask(filling: turned, on: grid) == one)
  }

  @Test func aMeshBeyondTheGridFillsItsPart() {
    let grid = Geometry(sizes: GridSize(8, 8, 8))
    let wide = ThicknessTests.sphere(1e30, rounds: 2)
    #expect(Mask(filling: wide, on: grid).voxelCount == 512)
    let far = ThicknessTests.sphere(3).transformed(
      by: Affine(linear: .identity, translation: SIMD3(1e6, 0, 0)))
    #expect(Mask(filling: far, on: grid).isEmpty)
    #expect(Mask(filling: TriangleMesh(), on: grid).isEmpty)
  }
}
