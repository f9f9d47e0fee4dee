@testable import Completion
import Errors
import TestSupport
import Testing
import Volumes
import VoxelOps

/// Models fill the holes that a user names, and leave the others open.
@Suite struct NamedHolesTests {
  /// On the left, and a smaller one behind on the right; in the head's own mm.
  static let holes: [(centre: SIMD3<Double>, radius: Double)] = [
    (SIMD3(60, -10, 50), 24), (SIMD3(-50, 55, 45), 18),
  ]
  static let head = TurnedHead(holes: holes)
  static let whole = TurnedHead().mask(spacing: 3)
  static let defective = head.mask(spacing: 3)

  /// The centre of a hole in LPS mm; the head is not turned.
  static func centre(_ n: Int) -> SIMD3<Double> { holes[n].centre + head.centre }

  /// How many voxels of each hole are filled.
  static func filled(_ completed: CompletedSkull) throws -> [Double] {
    try holes.indices.map { n in
      var one = head
      one.holes = [holes[n]]
      let hole = try whole.subtracting(one.mask(spacing: 3))
      let filled = try completed.mask.intersection(hole)
      return Double(filled.voxelCount) / Double(hole.voxelCount)
    }
  }

  static func context(_ places: CompletionTargets.Place...) -> CompletionContext {
    CompletionContext(threads: 2, targets: CompletionTargets(places: places))
  }

  static let models: [any CompletionModel] = [
    ContinuationCompletion(), MirrorCompletion(), AutoCompletion(), ShapeCompletion(),
  ]

  /// By a point in the hole, one outside on the skin, one far inside; and by a mask.
  @Test(arguments: models.indices) func fillsOnlyWhatIsNamed(model n: Int) throws {
    let model = Self.models[n]
    for hole in 0..<2 {
      let completion = try model.complete(
        Self.defective, in: Self.context(.init(point: Self.centre(hole))))
      let filled = try Self.filled(completion)
      #expect(filled[hole] > 0.6, "\(type(of: model)): \(filled)")
      #expect(filled[1 - hole] < 0.02, "\(type(of: model)): \(filled)")
      if let defects = completion.findings?.defects {
        #expect(defects.count == 2)
        for defect in defects {
          let isNamed = abs(defect.centroidLPS[0] - Self.centre(hole).x) < 30
          #expect(defect.isFilled == isNamed, "\(defects)")
        }
      }
    }
  }

  @Test func placesOnTheSkinAndMasksNameAHole() throws {
    let middle = Self.head.centre
    let vault = try #require(ContinuedVault(of: Self.defective, smallestHole: 200, threads: 2))
    let left = try #require(vault.shapes.firstIndex { $0.defect.centroidLPS[0] > middle.x })
    func named(_ place: CompletionTargets.Place) -> [Int] {
      let isNamed = CompletionTargets(places: [place]).isNamed(vault.shapes)
      return isNamed.indices.filter { isNamed[$0] }
    }
    let way = Self.centre(0) - middle
    for part in [0.8, 1.0, 1.25] {
      #expect(named(.init(point: middle + part * way)) == [left], "\(part)")
    }
    // A slice through the hole, and a ball that both holes are far from.
    let grid = Self.defective.geometry
    func mark(_ isInside: (SIMD3<Double>) -> Bool) -> Mask {
      var mask = Mask(emptyOn: grid)
      for z in 0..<grid.sizes.z {
        for y in 0..<grid.sizes.y {
          for x in 0..<grid.sizes.x {
            let p = grid.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
            if isInside(p) { mask[x, y, z] = true }
          }
        }
      }
      return mask
    }
    let centre = Self.centre(0)
    let slice = mark { abs($0.z - centre.z) < 2 && ($0 - centre).length < 10 }
    #expect(named(.init(marked: slice, named: "slice")) == [left])
    let all = mark { ($0 - middle).length < 120 && $0.z > middle.z }
    #expect(named(.init(marked: all, named: "all")).count == 2)
    let far = mark { ($0 - middle - SIMD3(0, -70, 40)).length < 6 }
    #expect(named(.init(marked: far, named: "far")).isEmpty)
  }

  @Test(arguments: models.indices) func aPlaceWithoutAHoleListsTheHoles(model n: Int) throws {
    let error = #expect(throws: Diagnostic.self) {
      try Self.models[n].complete(
        Self.defective, in: Self.context(.init(point: Self.head.centre + SIMD3(0, -75, 45))))
    }
    let text = "\(try #require(error))"
    #expect(error?.code == .noSuchHole)
    #expect(text.contains("cranial, ") && text.contains(" cm², at ("), "\(text)")
    #expect(text.contains("; cranial"), "lists both: \(text)")
  }
}

extension MirrorCompletionTests {
  /// Holes of different sizes on both sides; and one that both sides have stays open.
  @Test func fillsEveryHoleThatTheOtherSideHasBoneFor() throws {
    let geometry = Geometry.headGrids[0].geometry
    var vault = SyntheticVault()
    let complete = vault.mask(on: geometry)
    vault.holes = [
      (SIMD3(60, -25, 30), 24), (SIMD3(-48, 50, 35), 15),
    ]
    let defective = vault.mask(on: geometry)
    let completed = try MirrorCompletion().complete(defective, in: CompletionContext(threads: 2))
    for hole in vault.holes {
      var one = vault
      one.holes = [hole]
      let missing = try complete.subtracting(one.mask(on: geometry))
      let filled = try completed.mask.intersection(missing).voxelCount
      #expect(Double(filled) > 0.8 * Double(missing.voxelCount), "\(hole.centre)")
    }
  }
}
