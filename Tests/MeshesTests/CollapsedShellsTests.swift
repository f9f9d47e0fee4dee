import Meshes
import Testing
import Volumes
import VoxelOps

/// Smoothing shrinks a shell about one voxel to a point.
@Suite struct CollapsedShellsTests {
  private static let geometry = Geometry(
    sizes: GridSize(24, 22, 20), spacing: SIMD3(0.9, 1.1, 1.5))

  private static func block(without cavities: [SIMD3<Int>]) -> Mask {
    mask(on: geometry) { i, j, k in
      (3..<20).contains(i) && (3..<18).contains(j) && (3..<16).contains(k)
        && !cavities.contains(SIMD3(i, j, k))
    }
  }

  @Test(arguments: [
    [SIMD3(10, 10, 10)], [SIMD3(10, 10, 10), SIMD3(5, 6, 7), SIMD3(15, 12, 8)],
    [SIMD3(4, 4, 4)], [SIMD3(8, 8, 8), SIMD3(9, 9, 9)],
  ])
  func cavitiesOfAVoxelAreLeftOut(cavities: [SIMD3<Int>]) {
    let block = Self.block(without: cavities)
    let mesh = TriangleMesh(surfaceOf: block, smoothing: 20)
    #expect(mesh.shellVolumes.count == 1)
    #expect(MeshCheck(mesh).isWatertight)
    #expect(MeshCheck(mesh).unusedVertices == 0)
    let volume = Double(block.voxelCount) * Self.geometry.voxelVolume
    #expect(abs(mesh.signedVolume / volume - 1) < 1e-4)
    // As the steps of the voxels show them, they stay.
    let steps = TriangleMesh(surfaceOf: block, smoothing: 0)
    #expect(steps.shellVolumes.count { $0 < 0 } == cavities.count)
  }

  @Test func largerCavitiesStay() {
    let block = Self.block(without: [
      SIMD3(10, 10, 10), SIMD3(11, 10, 10), SIMD3(10, 11, 10), SIMD3(11, 11, 10), SIMD3(10, 10, 11),
      SIMD3(11, 10, 11), SIMD3(10, 11, 11), SIMD3(11, 11, 11),
    ])
    let mesh = TriangleMesh(surfaceOf: block, smoothing: 20)
    #expect(mesh.shellVolumes.count { $0 < 0 } == 1)
  }

  @Test func aBodyOfAVoxelKeepsItsShape() throws {
    var mask = Self.block(without: [SIMD3(10, 10, 10)])
    mask[22, 1, 1] = true
    mask[1, 20, 18] = true
    let mesh = TriangleMesh(surfaceOf: mask, smoothing: 20)
    let volumes = mesh.shellVolumes
    #expect(volumes.count == 3 && volumes.allSatisfy { $0 > 0.1 * Self.geometry.voxelVolume })
    #expect(MeshCheck(mesh).isWatertight)
  }
}
