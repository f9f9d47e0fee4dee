import Errors
import Implants
import TestSupport
import Testing
import Volumes
import VoxelOps

@Suite struct ImplantCleaningTests {
  let geometry = Geometry(sizes: GridSize(40, 40, 20))

  func box(_ x: Range<Int>, _ y: Range<Int>, _ z: Range<Int>) -> Mask {
    var mask = Mask(emptyOn: geometry)
    for k in z { for j in y { for i in x { mask[i, j, k] = true } } }
    return mask
  }

  @Test func keepsAPlateWithItsCorners() throws {
    let plate = box(5..<25, 5..<25, 5..<12)
    #expect(try plate.cleaned(against: Mask(emptyOn: geometry)) == plate)
  }

  @Test func whiskersAndCrumbsGo() throws {
    let plate = box(5..<25, 5..<25, 5..<12)
    let whisker = box(25..<39, 14..<15, 8..<9)
    let crumb = box(30..<34, 30..<34, 5..<9)
    let rough = try plate.union(whisker).union(crumb)
    let clean = try rough.cleaned(against: Mask(emptyOn: geometry))
    #expect(clean.components().count == 1)
    #expect(!clean[32, 32, 7])
    // No more of the whisker than the ball that touches its root (1) and the regrowth (2).
    #expect(clean.boundingBox() == IndexBox(lower: SIMD3(5, 5, 5), upper: SIMD3(28, 25, 12)))
    #expect(try plate.subtracting(clean).isEmpty)
  }

  /// Pieces of 2800 and 500 mm³: kept for its fraction, for its own size, or not.
  @Test(arguments: [(0.5, 0.0, 1), (0.5, 400, 2), (0.5, 600, 1), (0.1, 0, 2), (1, 400, 2)])
  func aFurtherPieceStaysIfItIsLarge(minFraction: Double, minPiece: Double, count: Int) throws {
    let rough = try box(2..<22, 2..<22, 5..<12).union(box(26..<36, 26..<36, 5..<10))
    let clean = try rough.cleaned(
      against: Mask(emptyOn: geometry),
      by: ImplantCleaning(minFraction: minFraction, minPiece: minPiece))
    #expect(clean.components().count == count)
  }

  @Test func boneIsNeverTouched() throws {
    let rough = box(5..<25, 5..<25, 5..<12)
    let bone = try box(20..<30, 0..<40, 0..<20).union(box(10..<12, 10..<12, 8..<9))
    let clean = try rough.cleaned(against: bone)
    #expect(try clean.intersection(bone).isEmpty)
    #expect(clean[19, 15, 8], "the implant ends where the bone begins")
    let apart = try rough.cleaned(against: bone, by: ImplantCleaning(clearance: 2))
    #expect(!apart[18, 15, 8] && apart[17, 15, 8])
  }

  @Test func cavitiesAreFilledUnlessTheyHoldBone() throws {
    let hollow = try box(5..<25, 5..<25, 3..<15).subtracting(box(10..<14, 10..<14, 7..<10))
    let bone = box(10..<11, 10..<11, 7..<8)
    let clean = try hollow.cleaned(against: bone)
    #expect(clean[12, 12, 8])
    #expect(!clean[10, 10, 7])
  }

  @Test func openPocketsStay() {
    var cup = box(5..<25, 5..<25, 3..<15)
    for z in 6..<15 { cup[12, 12, z] = false }
    #expect(cup.cavitiesFilled() == cup)
  }

  @Test func anImplantThinnerThanTheBallStays() throws {
    let sheet = box(5..<25, 5..<25, 8..<9)
    #expect(try sheet.cleaned(against: Mask(emptyOn: geometry)) == sheet)
  }

  @Test func nothingGivesNothing() throws {
    let empty = Mask(emptyOn: geometry)
    #expect(try empty.cleaned(against: box(0..<4, 0..<4, 0..<4)).isEmpty)
    let rough = box(5..<9, 5..<9, 5..<9)
    #expect(try rough.cleaned(against: rough).isEmpty)
  }

  @Test func anotherGridIsAnError() {
    let other = Mask(emptyOn: Geometry(sizes: GridSize(4, 4, 4)))
    #expect(throws: Diagnostic.self) { try Mask(emptyOn: geometry).cleaned(against: other) }
  }

  @Test(arguments: [2, 3, 8])
  func isTheSameAtAnyThreadCount(_ threads: Int) throws {
    let rough = try box(5..<25, 5..<25, 5..<12).union(box(25..<39, 14..<17, 8..<10))
    let bone = box(0..<7, 0..<40, 0..<20)
    #expect(
      try rough.cleaned(against: bone) == rough.cleaned(against: bone, threads: threads))
  }

  @Test func aCropLiesWhereItLay() throws {
    var mask = Mask(emptyOn: Geometry.headGrids[4].geometry)
    mask[11, 12, 13] = true
    let box = IndexBox(lower: SIMD3(10, 10, 10), upper: SIMD3(14, 15, 16))
    let part = mask.cropped(to: box)
    #expect(part[1, 2, 3] && part.voxelCount == 1)
    let (a, b) = (
      try #require(mask.measurement().centroid), try #require(part.measurement().centroid)
    )
    #expect((a - b).length < 1e-9)
    var back = Mask(emptyOn: mask.geometry)
    back.formUnion(cropped: part, at: box)
    #expect(back == mask)
    // What is there stays.
    mask[0, 0, 0] = true
    mask[13, 13, 13] = true
    back = Mask(emptyOn: mask.geometry)
    back[0, 0, 0] = true
    back[13, 13, 13] = true
    back.formUnion(cropped: part, at: box, threads: 3)
    #expect(back == mask)
  }

  @Test func aPieceForEachHoleWhereAsked() throws {
    let (large, small) = (box(2..<18, 2..<18, 5..<12), box(22..<32, 2..<12, 5..<12))
    let crumb = box(34..<38, 34..<38, 5..<9)
    let rough = try large.union(small).union(crumb)
    let nothing = Mask(emptyOn: geometry)
    #expect(try rough.cleaned(against: nothing) == large)
    // 1792, 700 and 64 voxels; rounding by the ball takes a little of each.
    #expect(
      try rough.cleaned(against: nothing, by: ImplantCleaning(minFraction: 0.35))
        == large.union(small))
    #expect(try rough.cleaned(against: nothing, by: ImplantCleaning(minFraction: 0.45)) == large)
    // Of two equal ones a share of 1 keeps the first.
    let twins = try box(2..<12, 2..<12, 5..<12).union(small)
    #expect(try twins.cleaned(against: nothing) == box(2..<12, 2..<12, 5..<12))
  }

  @Test func ofSeveralPartsFarFromBoneThoseOfTheShareStay() throws {
    // Two columns on one plate of bone, and a crust between them.
    let bone = box(0..<40, 0..<40, 0..<4)
    let columns = try box(2..<12, 5..<20, 4..<18).union(box(28..<38, 5..<20, 4..<18))
    let rough = try columns.union(box(0..<40, 24..<40, 4..<8))
    let one = try rough.cleaned(against: bone, by: ImplantCleaning(minDistance: 6))
    #expect(one == box(2..<12, 5..<20, 4..<18))
    #expect(
      try rough.cleaned(against: bone, by: ImplantCleaning(minDistance: 6, minFraction: 0.5))
        == columns)
  }

  /// The work is cut to where the implant is; the result must not show it.
  @Test func isWhatTheStepsGiveOnTheWholeGrid() throws {
    let pieces = try (0..<18).filter { try !clean(blobsOf: $0).isEmpty }
    // With and without `minDistance`.
    #expect(pieces.contains { $0 % 3 == 0 } && pieces.contains { $0 % 3 == 1 } && pieces.count > 9)
  }

  private func clean(blobsOf seed: Int) throws -> Mask {
    let spacing = [SIMD3(1, 1, 1), SIMD3(0.7, 0.9, 1.3)][seed % 2]
    let geometry = Geometry(sizes: GridSize(60, 44, 30), spacing: spacing)
    func blobs(_ radius: Double, _ density: Double, _ salt: UInt64) -> Mask {
      Mask(randomOn: geometry, density: density, seed: UInt64(seed) + salt).dilated(byBall: radius)
    }
    let bone = blobs(4, 0.0004, 0)
    let rough = blobs(6, 0.0006, 100)
    let cleaning = ImplantCleaning(
      opening: 1.5, regrowth: 3, clearance: Double(seed % 3) * 0.6,
      minDistance: [0, 3, 2][seed % 3],
      minVolume: 20, minFraction: 0.4)
    var blocked = bone
    if cleaning.clearance > 0 { blocked = blocked.dilated(byBall: cleaning.clearance) }
    var part = try rough.subtracting(blocked)
    if cleaning.minDistance > 0 {
      let core = try part.subtracting(blocked.dilated(byBall: cleaning.minDistance))
        .largestComponents(minFraction: 0.4, connectivity: .faces6)
        .removingComponents(
          smallerThan: Int((20 / geometry.voxelVolume).rounded(.up)), connectivity: .faces6)
      part = try core.dilated(byBall: cleaning.minDistance + cleaning.regrowth).intersection(part)
    }
    var body = part.opened(byBall: cleaning.opening)
    if body.isEmpty { body = part }
    body = body.largestComponents(minFraction: 0.4, connectivity: .faces6)
    body = try body.dilated(byBall: cleaning.regrowth).intersection(part)
      .largestComponents(minFraction: 0.4, connectivity: .faces6)
    let expected = try body.cavitiesFilled().subtracting(blocked)
    #expect(try rough.cleaned(against: bone, by: cleaning, threads: 2) == expected)
    return expected
  }

  @Test func aCrustIsNoImplant() throws {
    let bone = box(0..<40, 0..<40, 0..<4)
    let crust = box(0..<40, 0..<40, 4..<8)
    // Nothing lies 6 mm from bone.
    #expect(try crust.cleaned(against: bone, by: ImplantCleaning(minDistance: 6)).isEmpty)
    // 100 mm³ do where a column rises by 8 more.
    let column = box(10..<20, 5..<15, 8..<11)
    let rough = try crust.union(column)
    let (enough, less) = (
      ImplantCleaning(minDistance: 6, minVolume: 100),
      ImplantCleaning(minDistance: 6, minVolume: 101)
    )
    #expect(try rough.cleaned(against: bone, by: enough)[15, 10, 10])
    #expect(try rough.cleaned(against: bone, by: less).isEmpty)
  }
}
