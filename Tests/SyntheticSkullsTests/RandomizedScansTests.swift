import Errors
import Testing
import Volumes
import VoxelOps

@testable import SyntheticSkulls

@Suite struct RandomizedScansTests {
  private func scan(
    _ settings: Randomization, number: Int = 0, seed: UInt64 = 1, threads: Int = 1
  ) -> RandomizedScan {
    RandomizedScans(
      template: SharedTemplates.analytic, seed: seed, settings: settings, cells: 2...3
    ).scan(number, threads: threads)
  }

  /// Thick slices and large cells, so that a scan takes little time.
  private var calm: Randomization {
    var calm = RandomizedPopulationTests.calm
    calm.slices = 4...4
    return calm
  }

  @Test func aScanDependsOnSeedAndNumberAlone() {
    let first = scan(calm)
    #expect(scan(calm, threads: 3).skull == first.skull)
    #expect(scan(calm, number: 1).skull != first.skull)
    #expect(scan(calm, seed: 2).skull != first.skull)
  }

  /// The grid is straight, with air on all sides, and shows a whole head.
  @Test func aCalmScanShowsAWholeHeadOnAStraightGrid() throws {
    let skull = scan(calm).skull
    let geometry = skull.geometry
    #expect(geometry.spacing.z == 4 && (2...3).contains(geometry.spacing.x))
    #expect(geometry.directions == Matrix3(diagonal: geometry.spacing))
    #expect(skull.components().count == 1)
    let box = try #require(skull.boundingBox())
    #expect(box.lower.min() >= 1)
    let sizes = geometry.sizes
    #expect((SIMD3(sizes.x, sizes.y, sizes.z) &- box.upper).min() >= 1)
    let sides = SIMD3<Double>(SIMD3<Int32>(truncatingIfNeeded: box.extent)) * geometry.spacing
    #expect(sides.min() > 120 && sides.max() < 240, "\(sides)")
  }

  /// Turned against the scanner the head has the same volume, and another box.
  @Test func aTurnedScanShowsTheSameHead() throws {
    var turned = calm
    turned.turn = 40
    let (straight, askew) = (scan(calm, number: 3), scan(turned, number: 3))
    #expect(askew.parameters.normal.z < 0.999)
    func volume(_ scan: RandomizedScan) -> Double {
      Double(scan.skull.voxelCount) * scan.skull.geometry.voxelVolume
    }
    #expect(abs(volume(askew) / volume(straight) - 1) < 0.06)
  }

  /// Where a scan ends within the head, its grid ends too.
  @Test func aCutIsTheEndOfTheGrid() throws {
    var cut = calm
    cut.cuts = 1
    let scans = (0..<4).map { scan(cut, number: $0) }
    let ends = try scans.count { try #require($0.skull.boundingBox()).lower.z == 0 }
    #expect(ends >= 3, "\(ends)")
    let saysSo = scans.map(\.parameters.endsBelow)
    #expect(!saysSo.contains(false))
  }

  @Test func holesAreDrawnForTheUprightHead() throws {
    var turned = calm
    turned.turn = 40
    let scan = scan(turned, number: 3)
    for kind in [Defect.Kind.sphere, .facial, .frontoorbital] {
      let defect = try scan.defect(kind)
      #expect(defect.implant.geometry == scan.skull.geometry)
      #expect(defect.fraction >= RandomizedScan.leastFraction)
      #expect(defect.implant.voxelCount + defect.defective.voxelCount == scan.skull.voxelCount)
      #expect(try defect.implant.subtracting(scan.skull).isEmpty)
    }
  }

  @Test func aHoleWhereTheScanHasNoBoneDoesNotFit() throws {
    var narrow = calm
    narrow.views = 60...60
    // A third of the scans show the middle of the head only.
    let missing = (0..<12).filter { number in
      do throws(Diagnostic) {
        _ = try scan(narrow, number: number).defect(.frontoorbital)
        return false
      } catch {
        return error.code == .noDefectFits
      }
    }
    #expect(!missing.isEmpty && missing.count < 12, "\(missing)")
  }
}
