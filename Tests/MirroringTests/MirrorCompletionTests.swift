import Completion
@testable import Mirroring
import Synchronization
import Implants
import TestSupport
import Testing
import Volumes
import VoxelOps

@Suite struct MirrorCompletionTests {
  /// The implant for a vault with holes: completed, minus bone, cleaned.
  func implant(
    for defective: Mask, threads: Int = 1
  ) throws -> (completion: CompletedSkull, implant: Mask) {
    let completion = try MirrorCompletion().complete(
      defective, in: CompletionContext(threads: threads))
    #expect(try defective.subtracting(completion.mask).isEmpty, "bone was lost")
    let implant = try completion.mask.subtracting(defective).cleaned(against: defective)
    return (completion, implant)
  }

  func dice(_ a: Mask, _ b: Mask) throws -> Double {
    let shared = try a.intersection(b).voxelCount
    return Double(2 * shared) / Double(a.voxelCount + b.voxelCount)
  }

  /// Spacings in other units than mm, and such as no file means: an error, no work without end.
  @Test(arguments: [100.0, 1e6, 1e20, 1e150])
  func bonesLargerThanHeadsAreRefused(spacing: Double) {
    var bone = Mask(
      emptyOn: Geometry(sizes: GridSize(44, 48, 40), spacing: SIMD3(repeating: spacing)))
    bone[10, 10, 10] = true
    bone[33, 40, 30] = true
    #expect {
      try MirrorCompletion().complete(bone, in: CompletionContext())
    } throws: {
      "\($0)".hasPrefix("bone: expected a head of some 150 × 200 × 160 mm, found ")
    }
  }

  /// Left, right and back, small and large; in the head's own mm.
  static let holes: [(centre: SIMD3<Double>, radius: Double)] = [
    (SIMD3(60, 10, 30), 25), (SIMD3(-58, -30, 25), 18), (SIMD3(-45, 60, 20), 32),
    (SIMD3(40, -50, 45), 35),
  ]

  /// Every hole on one grid, and every grid with one hole.
  @Test(
    arguments: [
      ("LPS", 0), ("LPS", 1), ("LPS", 2), ("RAS", 3), ("left-handed", 0), ("thick slices", 1),
      ("oblique", 2),
    ])
  func fillsAHole(on grid: String, number: Int) throws {
    let geometry = try #require(Geometry.headGrids.first { $0.name == grid }).geometry
    var vault = SyntheticVault(yaw: 5, roll: -3)
    let complete = vault.mask(on: geometry)
    vault.holes = [Self.holes[number]]
    let defective = vault.mask(on: geometry)
    let truth = try complete.subtracting(defective)
    let result = try implant(for: defective)
    let score = try dice(result.implant, truth)
    #expect(score > 0.85, "Dice \(score)")
    #expect(result.implant.components().count == 1)
    #expect(result.completion.warnings.isEmpty, "\(result.completion.warnings)")
    #expect(result.completion.scores["pieces"] == 1)
    #expect(try #require(result.completion.scores["symmetry"]) > 0.9)
  }

  @Test func aWholeSkullComesBackWithAWarning() throws {
    let vault = SyntheticVault(yaw: 5, roll: -3).mask(on: Geometry.headGrids[0].geometry)
    let result = try implant(for: vault)
    #expect(result.completion.mask == vault)
    #expect(result.completion.warnings.contains { $0.hasPrefix("no defect found") })
    #expect(result.implant.isEmpty)
  }

  @Test func anEmptyMaskComesBackWithAWarning() throws {
    let empty = Mask(emptyOn: Geometry.headGrids[0].geometry)
    let result = try implant(for: empty)
    #expect(result.completion.mask.isEmpty)
    #expect(result.completion.warnings.contains { $0.hasPrefix("the skull is empty") })
  }

  @Test(arguments: [GridSize(1, 1, 1), GridSize(5, 4, 3), GridSize(64, 1, 1)])
  func oneVoxelIsNoCrash(_ sizes: GridSize) throws {
    var mask = Mask(emptyOn: Geometry(sizes: sizes))
    mask[sizes.x - 1, 0, 0] = true
    let result = try implant(for: mask)
    #expect(result.completion.mask == mask)
  }

  @Test func holesAlikeOnBothSidesAreSaidToBeUnseen() throws {
    var vault = SyntheticVault()
    vault.holes = [(SIMD3(50, 10, 50), 22), (SIMD3(-50, 10, 50), 22)]
    let result = try implant(for: vault.mask(on: Geometry.headGrids[0].geometry))
    #expect(result.implant.isEmpty)
    #expect(result.completion.warnings.contains { $0.hasPrefix("no defect found") })
    #expect(result.completion.warnings.contains { $0.hasPrefix("the vault is open on both sides") })
    // Two caps of a sphere of 22 mm that cut the shell of radius 72 or so.
    let open = try #require(result.completion.scores["openOnBothSides"])
    #expect(open > 15 && open < 40, "\(open)")
  }

  @Test func holesInTwoPlacesAreBothFilledWithAWarning() throws {
    var vault = SyntheticVault()
    let geometry = Geometry.headGrids[0].geometry
    let complete = vault.mask(on: geometry)
    vault.holes = [(SIMD3(60, 30, 30), 22), (SIMD3(-55, -30, 30), 22)]
    let defective = vault.mask(on: geometry)
    let result = try implant(for: defective)
    let added = try result.completion.mask.subtracting(defective)
    #expect(try dice(added, complete.subtracting(defective)) > 0.85)
    #expect(result.completion.warnings.contains { $0.hasPrefix("bone is missing in 2 places") })
    #expect(result.implant.components().count == 1)
  }

  @Test func aHoleAcrossTheMidlineIsWarnedOf() throws {
    var vault = SyntheticVault()
    vault.holes = [(SIMD3(20, -40, 60), 35)]
    let result = try implant(for: vault.mask(on: Geometry.headGrids[0].geometry))
    #expect(!result.implant.isEmpty)
    #expect(result.completion.warnings.contains { $0.hasPrefix("the defect reaches") })
    #expect(result.completion.warnings.contains { $0.hasPrefix("the vault is open on both sides") })
  }

  @Test(arguments: [2, 7])
  func isTheSameAtAnyThreadCount(_ threads: Int) throws {
    var vault = SyntheticVault(yaw: 3, roll: 2)
    vault.holes = [Self.holes[0]]
    let mask = vault.mask(on: Geometry.headGrids[4].geometry)
    let one = try implant(for: mask, threads: 1).completion
    let many = try implant(for: mask, threads: threads).completion
    #expect(one.mask == many.mask)
    #expect(one.scores == many.scores)
  }

  @Test func cancellingEndsTheWork() {
    struct Cancelled: Error {}
    let mask = SyntheticVault().mask(on: Geometry.headGrids[0].geometry)
    let calls = Mutex(0)
    let context = CompletionContext(checkCancellation: {
      let count = calls.withLock { count in
        count += 1
        return count
      }
      if count == 3 { throw Cancelled() }
    })
    #expect(throws: Cancelled.self) { try MirrorCompletion().complete(mask, in: context) }
    #expect(calls.withLock { $0 } == 3)
  }

  @Test func theDemandIsThatOfTheHeadNotOfItsSpacing() {
    let model = MirrorCompletion()
    func megabytes(_ sizes: GridSize, spacing: Double) -> Int {
      let cubicMillimetres = Double(sizes.count) * spacing * spacing * spacing
      return model.demand(voxels: sizes.count, cubicMillimetres: cubicMillimetres).peakBytes >> 20
    }
    #expect((10...200).contains(megabytes(GridSize(128, 128, 64), spacing: 2)))
    #expect((100...600).contains(megabytes(GridSize(512, 512, 384), spacing: 0.5)))
    // A spacing that is not known, or damaged, counts as 1 mm.
    let known = model.demand(voxels: 8_000_000, cubicMillimetres: 8_000_000)
    #expect(model.demand(voxels: 8_000_000, cubicMillimetres: 0) == known)
    #expect(model.demand(voxels: 8_000_000, cubicMillimetres: .nan) == known)
    #expect(model.demand(voxels: 0, cubicMillimetres: 0).peakBytes < 4 << 20)
    #expect(model.demand(voxels: 8, cubicMillimetres: .infinity).peakBytes < 1 << 30)
  }

  @Test func progressRisesToOne() throws {
    let mask = SyntheticVault().mask(on: Geometry.headGrids[0].geometry)
    let seen = Mutex<[Double]>([])
    let context = CompletionContext(progress: { fraction in seen.withLock { $0.append(fraction) } })
    _ = try MirrorCompletion().complete(mask, in: context)
    let fractions = seen.withLock { $0 }
    #expect(fractions == fractions.sorted())
    #expect(fractions.last == 1)
  }

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
