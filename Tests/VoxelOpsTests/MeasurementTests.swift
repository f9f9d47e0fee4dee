import TestSupport
import Testing
import VoxelOps
import Volumes

@Suite("Measurement")
struct MeasurementTests {
  @Test(
    "centroid equals scipy's center_of_mass, count and box brute force",
    arguments: MaskFixture.all, 1...3)
  func golden(_ fixture: MaskFixture, threads: Int) throws {
    let mask = Mask(fixture.mask, on: fixture.geometry)
    let measured = mask.measurement(threads: threads)
    let centroid = try #require(measured.centroidIndex)
    for axis in 0..<3 { #expect(abs(centroid[axis] - fixture.centroidIndex[axis]) < 1e-12) }
    #expect(measured.voxels == fixture.mask.utf8.count { $0 == UInt8(ascii: "1") })
    #expect(measured.volume == Double(measured.voxels) * fixture.geometry.voxelVolume)
    let n = mask.sizes
    var box = IndexBox(lower: SIMD3(n.x, n.y, n.z), upper: .zero)
    for i in 0..<n.count where mask.withBytes({ $0[i] }) == 1 {
      let p = SIMD3(i % n.x, i / n.x % n.y, i / n.x / n.y)
      box.lower = pointwiseMin(box.lower, p)
      box.upper = pointwiseMax(box.upper, p &+ SIMD3(1, 1, 1))
    }
    #expect(measured.boundingBox == box)
    #expect(measured == mask.measurement())
  }

  @Test("the box alone is the box of the measurement", arguments: 0..<12)
  func box(seed: Int) {
    let sizes = GridSize([1, 7, 64, 150][seed % 4], 9, 5)
    let mask = Mask(
      randomOn: Geometry(sizes: sizes), density: [0, 0.002, 0.5][seed % 3], seed: UInt64(seed))
    for threads in 1...3 {
      #expect(mask.boundingBox(threads: threads) == mask.measurement().boundingBox)
    }
    #expect(mask.isEmpty == (mask.voxelCount == 0))
  }

  @Test("one voxel, in LPS whatever the space of the grid")
  func oneVoxel() {
    let geometry = Geometry(
      sizes: GridSize(5, 6, 7), space: .rightAnteriorSuperior,
      directions: Matrix3(diagonal: SIMD3(0.5, 2, 3)), origin: SIMD3(10, 20, 30))
    var mask = Mask(emptyOn: geometry)
    mask[1, 2, 3] = true
    let measured = mask.measurement()
    #expect(measured.voxels == 1)
    #expect(measured.volume == 3)
    #expect(measured.extent == SIMD3(0.5, 2, 3))
    #expect(measured.centroidIndex == SIMD3(1, 2, 3))
    #expect(measured.centroid == SIMD3(-10.5, -24, 39))
    #expect(
      measured.boundingBox == IndexBox(lower: SIMD3(1, 2, 3), upper: SIMD3(2, 3, 4)))
  }

  @Test("an empty mask measures nothing")
  func empty() {
    let measured = Mask(emptyOn: Geometry(sizes: GridSize(5, 6, 7))).measurement()
    #expect(measured.voxels == 0 && measured.volume == 0 && measured.extent == .zero)
    #expect(measured.boundingBox == nil && measured.centroid == nil)
    #expect(measured.centroidIndex == nil)
  }
}
