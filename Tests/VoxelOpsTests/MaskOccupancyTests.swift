import TestSupport
import Testing
import Volumes
import VoxelOps

@Suite struct MaskOccupancyTests {
  @Test func hugeSpacingTakesLittleMemory() {
    let geometry = Geometry(sizes: GridSize(4, 4, 4), spacing: SIMD3(1e6, 2e6, 3e6))
    var mask = Mask(emptyOn: geometry)
    mask[0, 0, 0] = true
    mask[3, 3, 3] = true
    let cells = mask.occupancyGrid(cell: 2)?.sizes.count ?? 0
    #expect(cells > 0 && cells < 50_000_000)
  }

  @Test(arguments: Geometry.headGrids.map(\.name))
  func occupancyKeepsTheVolume(on grid: String) throws {
    let geometry = try #require(Geometry.headGrids.first { $0.name == grid }).geometry
    let mask = SyntheticVault().mask(on: geometry)
    let cells = try #require(mask.occupancyGrid(cell: 3))
    let density = try #require(mask.occupancy(onto: cells))
    let total = density.withVoxels { $0.reduce(0.0) { $0 + Double($1) } } * 27
    let volume = mask.measurement().volume
    #expect(abs(total - volume) < 1e-3 * volume)
  }

  /// Each thread adds to its own layers, in the order of the voxels; lines may run along them or through them.
  @Test(arguments: Geometry.headGrids.map(\.name), [2, 3, 7])
  func theSameBytesAtAnyNumberOfThreads(on grid: String, threads: Int) throws {
    let geometry = try #require(Geometry.headGrids.first { $0.name == grid }).geometry
    let mask = SyntheticVault().mask(on: geometry)
    for cell in [2.0, 5] {
      let upright = try #require(mask.occupancyGrid(cell: cell))
      var turned = upright
      turned.directions = Matrix3(
        upright.directions[1], upright.directions[2], upright.directions[0])
      var flipped = upright
      flipped.directions = Matrix3(
        upright.directions[0], upright.directions[1], -1 * upright.directions[2])
      flipped.origin += Double(upright.sizes.z - 1) * upright.directions[2]
      var tilted = upright
      let (c, s) = (0.8 * cell, 0.6 * cell)
      tilted.directions = Matrix3(SIMD3(c, 0, s), SIMD3(0, cell, 0), SIMD3(-s, 0, c))
      for cells in [upright, turned, flipped, tilted] {
        let one = try #require(mask.occupancy(onto: cells))
        let several = try #require(mask.occupancy(onto: cells, threads: threads))
        #expect(one.withVoxels { $0.contains { $0 > 0 } })
        #expect(one.withVoxels(Array.init) == several.withVoxels(Array.init))
      }
    }
  }
}
