import Errors
import Skulls
import TestSupport
import Testing
import Volumes
import VoxelOps

@Suite struct MirrorTests {
  @Test func acrossAnAxisOfTheGridIsAReversal() throws {
    let geometry = Geometry(sizes: GridSize(7, 5, 4), spacing: SIMD3(0.5, 1, 2))
    var mask = Mask(emptyOn: geometry)
    for (x, y, z) in [(0, 0, 0), (1, 4, 3), (6, 2, 1), (3, 3, 3)] { mask[x, y, z] = true }
    let plane = MidsagittalPlane(centre: SIMD3(1.5, 0, 0), yaw: 0, roll: 0, offset: 0)
    let image = try mask.mirrored(across: plane)
    for z in 0..<4 {
      for y in 0..<5 { for x in 0..<7 { #expect(image[x, y, z] == mask[6 - x, y, z]) } }
    }
    #expect(try image.mirrored(across: plane) == mask)
  }

  @Test func whatWouldComeFromOutsideIsEmpty() throws {
    let geometry = Geometry(sizes: GridSize(6, 3, 3))
    let full = Mask(emptyOn: geometry).inverted()
    let plane = MidsagittalPlane(centre: SIMD3(1, 0, 0), yaw: 0, roll: 0, offset: 0)
    let image = try full.mirrored(across: plane)
    for x in 0..<6 { #expect(image[x, 1, 1] == (x <= 2)) }
  }

  @Test(arguments: Geometry.headGrids.map(\.name))
  func aSymmetricHeadIsItsOwnImage(on grid: String) throws {
    let geometry = try #require(Geometry.headGrids.first { $0.name == grid }).geometry
    let vault = SyntheticVault(yaw: 6, roll: 3)
    let mask = vault.mask(on: geometry)
    let image = try mask.mirrored(across: vault.plane)
    let shared = try mask.intersection(image).voxelCount
    let dice = Double(2 * shared) / Double(mask.voxelCount + image.voxelCount)
    #expect(dice > 0.9, "\(dice)")
  }

  @Test func aDisplacementMovesTheImage() throws {
    let geometry = Geometry(sizes: GridSize(20, 20, 20))
    var mask = Mask(emptyOn: geometry)
    mask[4, 10, 10] = true
    let plane = MidsagittalPlane(centre: SIMD3(9.5, 0, 0), yaw: 0, roll: 0, offset: 0)
    let field = try #require(
      DisplacementField(
        on: Geometry(sizes: GridSize(2, 2, 2), spacing: SIMD3(19, 19, 19)),
        displacements: Array(repeating: SIMD3(2, -3, 1), count: 8)))
    // The image of x = 4 is x = 15; what belongs to p is found at p + u.
    let image = try mask.mirrored(across: plane, onto: geometry, displacedBy: field)
    #expect(image.voxelCount == 1)
    #expect(image[13, 13, 9])
  }

  @Test func isTheSameAtAnyThreadCount() throws {
    let vault = SyntheticVault(yaw: 6, roll: 3)
    let mask = vault.mask(on: Geometry.headGrids[4].geometry)
    let one = try mask.mirrored(across: vault.plane, threads: 1)
    #expect(try mask.mirrored(across: vault.plane, threads: 2) == one)
    #expect(try mask.mirrored(across: vault.plane, threads: 7) == one)
  }

  @Test func aSingularGridIsAnError() {
    let flat = Geometry(
      sizes: GridSize(3, 3, 3), space: .leftPosteriorSuperior,
      directions: Matrix3(SIMD3(1, 0, 0), SIMD3(1, 0, 0), SIMD3(0, 0, 1)))
    let plane = MidsagittalPlane(centre: .zero, yaw: 0, roll: 0, offset: 0)
    #expect(throws: Diagnostic.self) { try Mask(emptyOn: flat).mirrored(across: plane) }
  }
}
