import Implants
import Testing
import Volumes

/// Implants that are cut, too large or in pieces.
@Suite struct ImplantPlausibilityTests {
  private func boxes(_ places: [(x: Range<Int>, y: Range<Int>, z: Range<Int>)], spacing: Double = 1)
    -> Mask
  {
    let geometry = Geometry(
      sizes: GridSize(60, 60, 60), spacing: SIMD3(spacing, spacing, spacing))
    return Mask(on: geometry) { bytes in
      for place in places {
        for z in place.z {
          for y in place.y { for x in place.x { bytes[geometry.sizes.offset(x, y, z)] = 1 } }
        }
      }
    }
  }

  @Test func anImplantWithinTheScanIsFine() {
    #expect(boxes([(10..<30, 10..<30, 10..<14)]).implantObjections().isEmpty)
    #expect(boxes([]).implantObjections().isEmpty)
  }

  @Test(arguments: [0, 1, 2]) func whatEndsAtTheBorderIsToldWithItsArea(axis: Int) throws {
    var ranges = [10..<30, 10..<30, 10..<30]
    ranges[axis] = 56..<60
    let told = boxes([(ranges[0], ranges[1], ranges[2])]).implantObjections()
    #expect(told.count == 1)
    #expect(told[0].contains("over 400 voxels (4.0 cm²)"))
  }

  @Test func anImplantLargerThanAnyHoleIsTold() {
    #expect(
      boxes([(1..<59, 1..<59, 1..<59)], spacing: 2).implantObjections().contains {
        $0.contains("more than any hole")
      })
  }

  /// The implant's piece, and what is told of it beside a shell of bone from 20 to 40.
  @Test(arguments: [
    (4..<10, 1.0, "touch no bone"), (50..<55, 1.0, "touch no bone"), (46..<58, 2.5, "sticks out"),
  ])
  func whatLiesOutsideOfTheVaultIsTold(z: Range<Int>, spacing: Double, expected: String) {
    let bone = boxes([(18..<22, 18..<42, 18..<42), (38..<42, 18..<42, 18..<42)], spacing: spacing)
    let outside = boxes([(22..<38, 20..<40, z)], spacing: spacing)
    let told = outside.placementObjections(beside: bone)
    #expect(told.contains { $0.contains(expected) }, "\(told)")
  }

  @Test func whatLiesInTheHoleIsFine() {
    let bone = boxes([(18..<22, 18..<42, 18..<42), (38..<42, 18..<42, 18..<42)])
    let inside = boxes([(22..<38, 20..<40, 28..<32)])
    #expect(inside.placementObjections(beside: bone).isEmpty)
    // A gap that was asked for is none.
    let gap = boxes([(29..<31, 20..<40, 28..<32)])
    #expect(gap.placementObjections(beside: bone, clearance: 6).isEmpty)
    #expect(gap.placementObjections(beside: bone).count == 1)
    #expect(boxes([]).placementObjections(beside: bone).isEmpty)
  }

  @Test func manyPiecesAreTold() {
    let pieces = (0..<8).map { (6 * $0 + 3..<6 * $0 + 7, 10..<20, 10..<14) }
    #expect(boxes(pieces).implantObjections().contains { $0.contains("in 8 pieces") })
    #expect(boxes(Array(pieces.prefix(3))).implantObjections().isEmpty)
  }
}
