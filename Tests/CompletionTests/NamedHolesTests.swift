@testable import Completion
import Mirroring
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
  static let whole = ShapeCompletionTests.template.bone
  static let missing = holes.map { ShapeCompletionTests.ball($0.centre, $0.radius, of: whole) }
  static let defective = try! missing.reduce(whole) { try $0.subtracting($1) }

  /// How much of each hole is filled, from 0 to 1.
  static func filled(_ completed: CompletedSkull) throws -> [Double] {
    try missing.map {
      Double(try completed.mask.intersection($0).voxelCount) / Double($0.voxelCount)
    }
  }

  static func context(_ places: CompletionTargets.Place...) -> CompletionContext {
    CompletionContext(threads: 2, targets: CompletionTargets(places: places))
  }

  static let models: [any CompletionModel] = [
    ContinuationCompletion(), MirrorCompletion(), ShapeCompletionTests.model,
    {
      var model = AutoCompletion()
      model.shape = ShapeCompletionTests.model
      return model
    }(),
  ]

  @Test(arguments: [(0, 0), (1, 1), (2, 0), (3, 1)])
  func fillsOnlyWhatIsNamed(model n: Int, hole: Int) throws {
    let model = Self.models[n]
    let completion = try model.complete(
      Self.defective, in: Self.context(.init(point: Self.holes[hole].centre)))
    let filled = try Self.filled(completion)
    #expect(filled[hole] > 0.6, "\(type(of: model)): \(filled)")
    #expect(filled[1 - hole] < 0.02, "\(type(of: model)): \(filled)")
    if let defects = completion.findings?.defects {
      #expect(defects.count == 2)
      for defect in defects {
        let isNamed = abs(defect.centroidLPS[0] - Self.holes[hole].centre.x) < 30
        #expect(defect.isFilled == isNamed, "\(defects)")
      }
    }
  }

  @Test func placesOnTheSkinAndMasksNameAHole() throws {
    let vault = try #require(ContinuedVault(of: Self.defective, smallestHole: 200, threads: 2))
    let left = try #require(vault.shapes.firstIndex { $0.defect.centroidLPS[0] > 0 })
    func named(_ place: CompletionTargets.Place) -> [Int] {
      let isNamed = CompletionTargets(places: [place]).isNamed(vault.shapes)
      return isNamed.indices.filter { isNamed[$0] }
    }
    let way = Self.holes[0].centre
    for part in [0.8, 1.0, 1.25] {
      #expect(named(.init(point: part * way)) == [left], "\(part)")
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
    let centre = Self.holes[0].centre
    let slice = mark { abs($0.z - centre.z) < 2 && ($0 - centre).length < 10 }
    #expect(named(.init(marked: slice, named: "slice")) == [left])
    let all = mark { $0.length < 120 && $0.z > 0 }
    #expect(named(.init(marked: all, named: "all")).count == 2)
    let far = mark { ($0 - SIMD3(0, -70, 40)).length < 6 }
    #expect(named(.init(marked: far, named: "far")).isEmpty)
  }

  @Test(arguments: [0]) func aPlaceWithoutAHoleListsTheHoles(model n: Int) throws {
    let error = #expect(throws: Diagnostic.self) {
      try Self.models[n].complete(
        Self.defective, in: Self.context(.init(point: SIMD3(0, -75, 45))))
    }
    let text = "\(try #require(error))"
    #expect(error?.code == .noSuchHole)
    #expect(text.contains("cranial, ") && text.contains(" cm², at ("), "\(text)")
    #expect(text.contains("; cranial"), "lists both: \(text)")
  }
}
