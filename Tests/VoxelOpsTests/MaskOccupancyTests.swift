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
}
