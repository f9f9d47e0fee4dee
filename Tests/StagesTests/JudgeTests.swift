import Dataflow
import Stages
import TestSupport
import Testing
import Volumes
import VoxelOps

/// What `judge` says of implants that no model doubts itself.
@Suite struct JudgeTests {
  private static let geometry = Geometry.headGrids[0].geometry
  private static let whole = SyntheticVault().mask(on: geometry)
  private static let hole = (centre: SIMD3(40.0, 10, 60), radius: 28.0)
  private static let defective = SyntheticVault(holes: [hole]).mask(on: geometry)

  /// What is said of an implant, and whether it comes out as it went in.
  private func said(of implant: Mask, in bone: Mask) throws -> [String] {
    let context = StageContext()
    #expect(try Judge(model: "mirror").run(Inputs(implant, bone), in: context) == implant)
    return context.warnings
  }

  /// A ball of 12 mm about a place in the head's own mm, without bone.
  private func ball(_ place: SIMD3<Double>, in bone: Mask) throws -> Mask {
    var other = SyntheticVault(holes: [(place, 12)])
    other.centre = SyntheticVault().centre
    let map = Self.geometry.lpsFromIndex
    let sizes = Self.geometry.sizes
    return try Mask(on: Self.geometry) { bytes in
      for k in 0..<sizes.z {
        for j in 0..<sizes.y {
          for i in 0..<sizes.x {
            let point = map * SIMD3(Double(i), Double(j), Double(k)) - other.centre
            if (point - place).length < 12 { bytes[sizes.offset(i, j, k)] = 1 }
          }
        }
      }
    }.subtracting(bone)
  }

  @Test func theRightImplantIsNotDoubted() throws {
    let right = try Self.whole.subtracting(Self.defective)
    #expect(try said(of: right, in: Self.defective) == [])
  }

  @Test func anImplantBesideTheHoleIsSaid() throws {
    // In the middle of the head, and behind it.
    for place in [SIMD3(0.0, 0, 0), SIMD3(0, 84, 0)] {
      let told = try said(of: ball(place, in: Self.defective), in: Self.defective)
      #expect(
        told.contains { $0.contains("outside of the holes of the vault, which stay open") },
        "\(told)")
    }
  }

  @Test func anImplantForASkullWithoutAHoleIsSaid() throws {
    let told = try said(of: ball(.zero, in: Self.whole), in: Self.whole)
    #expect(told.contains { $0.contains("no hole of the vault is found") }, "\(told)")
    #expect(
      try said(of: Mask(emptyOn: Self.geometry), in: Self.whole).allSatisfy {
        !$0.contains("no hole")
      })
  }
}
