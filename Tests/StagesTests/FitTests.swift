import Dataflow
import Skulls
import Stages
import TestSupport
import Testing
import Volumes
import VoxelOps

@Suite struct FitTests {
  /// A vault whose completion lies a millimetre too far out.
  @Test func laysACompletionOntoTheBone() throws {
    let grid = Geometry.headGrids[0].geometry
    var vault = SyntheticVault()
    let whole = vault.mask(on: grid)
    vault.holes = [(SIMD3(60, -25, 30), 26)]
    let bone = vault.mask(on: grid)
    // Seen on a grid that is a little smaller, the head is a little larger.
    var smaller = grid
    smaller.origin /= 1.015
    smaller.directions = Matrix3(
      grid.directions[0] / 1.015, grid.directions[1] / 1.015, grid.directions[2] / 1.015)
    vault.holes = []
    let larger = vault.mask(on: smaller)
    let completed = Mask(on: grid) { out in
      larger.withBytes { out.baseAddress?.update(from: $0.baseAddress!, count: $0.count) }
    }
    let context = StageContext(cores: 2)
    let fitted = try Fit().run(Inputs(completed, bone), in: context)
    #expect(context.warnings.isEmpty)
    let missing = try whole.subtracting(bone)
    func wrong(_ completed: Mask) throws -> Int {
      let region = missing.dilated(byBall: 4)
      let added = try completed.subtracting(bone).intersection(region)
      return try added.subtracting(missing).voxelCount + missing.subtracting(added).voxelCount
    }
    #expect(try 2 * wrong(fitted) < wrong(completed))
  }

  @Test func tooLittleBoneIsTold() throws {
    let grid = Geometry(sizes: GridSize(60, 60, 60), spacing: SIMD3(repeating: 1))
    let completed = Mask(on: grid) { out in
      for i in 20 * 3600..<40 * 3600 { out[i] = 1 }
    }
    var bone = Mask(emptyOn: grid)
    bone[2, 2, 2] = true
    let context = StageContext()
    #expect(try Fit().run(Inputs(completed, bone), in: context) == completed)
    #expect(context.warnings.count == 1 && context.warnings[0].contains("too little bone"))
  }
}
