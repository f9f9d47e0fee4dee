import Errors
import Recognition
import Testing
import Volumes

/// Bone that cannot be a head's by its size, whatever completes it.
@Suite struct HeadPlausibilityTests {
  private func bone(times factor: Double) -> Mask {
    let head = RecognizedVolumeTests.head
    var geometry = head.geometry
    geometry.directions = Matrix3(
      factor * geometry.directions[0], factor * geometry.directions[1],
      factor * geometry.directions[2])
    return Mask(on: geometry) { bytes in
      for i in head.bone.indices { bytes[i] = head.bone[i] ? 1 : 0 }
    }
  }

  @Test(arguments: [(0.1, "cm"), (0.001, "metres"), (1 / 25.4, "inches"), (1000.0, "micrometres")])
  func anotherUnitIsAnErrorThatNamesIt(factor: Double, unit: String) {
    let error = #expect(throws: Diagnostic.self) {
      try HeadPlausibility.objections(to: bone(times: factor), checksProportions: false)
    }
    #expect(error?.found.contains("as spacings in \(unit)") == true)
    #expect(error?.remedy.contains("spacing") == true)
  }

  @Test func aHeadOfUsualSizeIsFineAndAnOddOneTold() throws {
    #expect(try HeadPlausibility.objections(to: bone(times: 1), checksProportions: false).isEmpty)
    for factor in [0.45, 2.6] {
      let told = try HeadPlausibility.objections(to: bone(times: factor), checksProportions: false)
      #expect(told.count == 1 && told[0].contains("the bone measures"))
    }
  }

  @Test func twoHeadsAreTold() throws {
    let one = bone(times: 0.6)
    let sizes = one.geometry.sizes
    var geometry = one.geometry
    geometry.sizes = GridSize(2 * sizes.x, sizes.y, sizes.z)
    let two = Mask(on: geometry) { bytes in
      one.withBytes { single in
        for row in 0..<sizes.y * sizes.z {
          for x in 0..<sizes.x {
            bytes[2 * sizes.x * row + x] = single[sizes.x * row + x]
            bytes[2 * sizes.x * row + sizes.x + x] = single[sizes.x * row + x]
          }
        }
      }
    }
    let told = try HeadPlausibility.objections(to: two, checksProportions: false)
    #expect(told.contains { $0.contains("two large pieces") })
  }
}
