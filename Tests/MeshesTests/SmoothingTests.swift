import TestSupport
import Testing
import Volumes

@testable import Meshes

@Suite struct SmoothingTests {
  /// A thin curved plate, as an implant is: a part of a shell of radius 60 mm.
  static func plate(thickness: Double, spacing: SIMD3<Double>) -> Mask {
    let sizes = GridSize(
      Int(45 / spacing.x), Int(45 / spacing.y), Int(30 / spacing.z))
    return mask(on: Geometry(sizes: sizes, spacing: spacing)) { i, j, k in
      let p = SIMD3(Double(i), Double(j), Double(k)) * spacing + SIMD3(15, 15, -12)
      return abs(p.length - 60) <= thickness / 2 && p.x > 20 && p.y > 20
    }
  }

  @Test(
    "A smoothed plate keeps its triangles, its topology and the volume of its voxels",
    arguments: [1.5, 4], [SIMD3(0.9, 0.9, 1.5), SIMD3(0.7, 0.7, 0.7)])
  func volume(thickness: Double, spacing: SIMD3<Double>) {
    let plate = Self.plate(thickness: thickness, spacing: spacing)
    let expected = Double(plate.voxelCount) * plate.geometry.voxelVolume
    let raw = TriangleMesh(surfaceOf: plate)
    #expect(abs(raw.signedVolume / expected - 1) < 0.03)
    let smooth = TriangleMesh(surfaceOf: plate, smoothing: TriangleMesh.defaultSmoothing)
    #expect(smooth.triangles == raw.triangles)
    #expect(MeshCheck(smooth).isWatertight)
    #expect(abs(smooth.signedVolume / expected - 1) < 1e-4)
    #expect(smooth.area < raw.area)
  }

  @Test("Smoothing brings the surface of a ball closer to the sphere")
  func roughness() {
    let geometry = Geometry(sizes: GridSize(44, 44, 32), spacing: SIMD3(0.9, 0.9, 1.5))
    let solid = ball(radius: 17, on: geometry)
    let centre = SIMD3(43, 43, 31) * geometry.spacing / 2
    func rmsError(_ mesh: TriangleMesh) -> Double {
      let sum = mesh.vertices.reduce(0.0) {
        let off = (SIMD3<Double>($1) - centre).length - 17
        return $0 + off * off
      }
      return (sum / Double(mesh.vertices.count)).squareRoot()
    }
    let raw = rmsError(TriangleMesh(surfaceOf: solid))
    let smooth = rmsError(TriangleMesh(surfaceOf: solid, smoothing: 20))
    #expect(raw > 0.15)
    #expect(smooth < 0.65 * raw, "\(raw) mm became \(smooth) mm")
  }

  @Test("No vertex leaves half a voxel, and nothing folds up, on any mask", arguments: 0..<6)
  func limits(seed: Int) throws {
    let voxels = Mask(
      randomOn: Geometry(sizes: GridSize(8, 7, 6)), density: 0.35, seed: UInt64(seed))
    let raw = TriangleMesh(surfaceOf: voxels)
    let smooth = raw.smoothed(iterations: 30, withinHalfVoxelOf: voxels.geometry)
    #expect(smooth != raw)
    let furthest = zip(raw.vertices, smooth.vertices).map { SIMD3<Double>($0 - $1).length }.max()
    #expect(furthest! < 0.4901)
    let printed = TriangleMesh(surfaceOf: voxels, smoothing: 20)
    #expect(MeshCheck(printed).isClosed)
    #expect(abs(printed.signedVolume / Double(voxels.voxelCount) - 1) < 0.03)
  }

  @Test("A single voxel gets its volume back")
  func singleVoxel() {
    let one = mask(on: Geometry(sizes: GridSize(1, 1, 1), spacing: SIMD3(1, 1, 2))) { _, _, _ in
      true
    }
    let mesh = TriangleMesh(surfaceOf: one, smoothing: 20)
    #expect(abs(mesh.signedVolume - 2) < 1e-3)
    #expect(MeshCheck(mesh).isWatertight)
  }

  @Test("The same bytes at any thread count", arguments: [2, 3, 8])
  func threads(_ threads: Int) {
    let voxels = Mask(randomOn: Geometry(sizes: GridSize(40, 20, 12)), density: 0.4, seed: 2)
    #expect(
      TriangleMesh(surfaceOf: voxels, smoothing: 5)
        == TriangleMesh(surfaceOf: voxels, smoothing: 5, threads: threads))
  }

  @Test("The empty mesh stays empty")
  func empty() {
    let none = Mask(emptyOn: Geometry(sizes: GridSize(3, 3, 3)))
    #expect(TriangleMesh(surfaceOf: none, smoothing: 20).isEmpty)
  }
}
