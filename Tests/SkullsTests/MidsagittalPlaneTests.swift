import Skulls
import TestSupport
import Testing
import Volumes
import VoxelOps

@Suite struct MidsagittalPlaneTests {
  /// Yaw, roll, and the name of the grid; the plane of the head is known, its grid does not matter.
  @Test(arguments: Geometry.headGrids.map(\.name), [(0.0, 0.0), (7.3, -4.1), (-12, 9)])
  func recoversThePlane(of grid: String, at pose: (yaw: Double, roll: Double)) throws {
    let geometry = try #require(Geometry.headGrids.first { $0.name == grid }).geometry
    let vault = SyntheticVault(yaw: pose.yaw, roll: pose.roll)
    let found = MidsagittalPlane.find(in: vault.mask(on: geometry))
    // Slices of 3.2 mm show the slope of the head in steps.
    let tolerance = grid == "thick slices" ? 0.4 : 0.3
    #expect(abs(found.yaw - pose.yaw) < tolerance, "yaw \(found.yaw)")
    #expect(abs(found.roll - pose.roll) < tolerance, "roll \(found.roll)")
    #expect(abs(found.signedDistance(of: vault.centre)) < 0.3)
    #expect(found.overlap > 0.9)
  }

  @Test func aHoleOnOneSideMovesThePlaneLittle() {
    var vault = SyntheticVault(yaw: 4, roll: 2)
    vault.holes = [(SIMD3(60, 0, 30), 30)]
    let found = MidsagittalPlane.find(in: vault.mask(on: Geometry.headGrids[0].geometry))
    #expect(abs(found.yaw - 4) < 0.8)
    #expect(abs(found.roll - 2) < 0.8)
    #expect(abs(found.signedDistance(of: vault.centre)) < 0.5)
  }

  @Test func isTheSameAtAnyThreadCount() {
    let mask = SyntheticVault(yaw: 3, roll: -2).mask(on: Geometry.headGrids[0].geometry)
    let one = MidsagittalPlane.find(in: mask, threads: 1)
    #expect(one == MidsagittalPlane.find(in: mask, threads: 2))
    #expect(one == MidsagittalPlane.find(in: mask, threads: 5))
  }

  @Test func anEmptyMaskHasOverlapZero() {
    let plane = MidsagittalPlane.find(in: Mask(emptyOn: Geometry(sizes: GridSize(9, 8, 7))))
    #expect(plane.overlap == 0)
    #expect(plane.normal == SIMD3(1, 0, 0))
  }

  @Test func oneVoxelIsMirroredByThePlaneThroughIt() {
    var mask = Mask(emptyOn: Geometry(sizes: GridSize(9, 8, 7)))
    mask[3, 5, 2] = true
    let plane = MidsagittalPlane.find(in: mask)
    #expect(abs(plane.signedDistance(of: SIMD3(3, 5, 2))) < 0.6)
    #expect(plane.yaw == 0 && plane.roll == 0)
  }

  @Test func theReflectionIsItsOwnInverseAndKeepsThePlane() {
    let plane = MidsagittalPlane(centre: SIMD3(3, -7, 11), yaw: 8, roll: -5, offset: 2)
    let p = SIMD3(20.0, 31, -4)
    let image = plane.reflection * p
    #expect((plane.reflection * image - p).length < 1e-12)
    #expect(abs(plane.signedDistance(of: p) + plane.signedDistance(of: image)) < 1e-12)
    #expect((plane.reflection * plane.point - plane.point).length < 1e-12)
    #expect(abs(plane.normal.length - 1) < 1e-12)
  }
}
