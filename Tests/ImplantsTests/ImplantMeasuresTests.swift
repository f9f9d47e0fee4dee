import Meshes
import Skulls
import TestSupport
import Testing
import Volumes
import VoxelOps

@testable import Implants

/// Heads and shells whose figures are known.
@Suite struct ImplantMeasuresTests {
  @Test(arguments: [SIMD3(1.0, 1.0, 1.0), SIMD3(0.8, 0.8, 1.2), SIMD3(0.5, 0.5, 0.5)])
  func theThicknessOfAShellIsFoundToATenthOfAVoxel(spacing: SIMD3<Double>) throws {
    let shell = RoundShell()
    let grid = shell.grid(spacing)
    let (bone, piece) = (shell.bone(on: grid), shell.piece(on: grid))
    let measures = try ImplantMeasures(of: piece, in: bone, threads: 2)
    #expect(measures.pieces.count == 1)
    let found = try #require(measures.pieces[0].boneThickness)
    // Finer voxels are measured as such of 0.8 mm.
    #expect(abs(found.medianMM - 6) < 0.1 * max(0.8, spacing.max()), "\(found)")
    #expect(found.p10MM > 5.6 && found.p90MM < 6.4, "\(found)")
    let volume = piece.measurement().volume
    #expect(measures.pieces[0].volumeMM3 == volume && measures.pieces[0].partVolumeMM3 == nil)
  }

  /// A shell that is thicker close to the hole, and again far from it: neither counts.
  @Test func onlyTheBandCounts() throws {
    let shell = RoundShell()
    let grid = shell.grid(SIMD3(1, 1, 1))
    var (rim, far) = (shell, shell)
    (rim.hole, rim.inner) = (0.5 + 2 / 60.0, 48)
    (far.hole, far.inner) = (0.5 + 18 / 60.0, 48)
    let ring = try rim.piece(on: grid).subtracting(shell.piece(on: grid))
    let thick = try ring.union(far.bone(on: grid))
    let bone = try shell.bone(on: grid).union(thick)
    let found = try #require(
      try ImplantMeasures(of: shell.piece(on: grid), in: bone, threads: 2).pieces[0].boneThickness)
    #expect(abs(found.medianMM - 6) < 0.3, "\(found)")
    let all = try #require(
      try ImplantMeasures(of: shell.piece(on: grid), in: try bone.union(far.bone(on: grid)))
        .pieces[0].boneThickness)
    #expect(all == found)
  }

  static let hole = (centre: SIMD3(55.0, 0, 55), radius: 24.0)

  /// A head, turned in its scan: its halves are alike, and so is what fills its hole and the other side, unless it lies
  /// further out.
  @Test func symmetryIsMeasuredWhicheverWayTheHeadIsTurned() throws {
    let turn = Matrix3(turningBy: SIMD3(0.5, -0.7, 0.4))
    let whole = TurnedHead(rotation: turn).mask(spacing: 2)
    let defective = TurnedHead(rotation: turn, holes: [Self.hole]).mask(spacing: 2)
    let implant = try whole.subtracting(defective)
    let measures = try ImplantMeasures(of: implant, in: defective, threads: 2)
    let asymmetry = try #require(measures.asymmetryMM)
    #expect(asymmetry < 0.5, "\(asymmetry) mm")
    let mirror = try #require(measures.pieces.first?.mirrorMM)
    #expect(mirror < 0.5, "\(mirror) mm")

    // Grown by two voxels, outwards too; at its edge it runs out onto the bone.
    let grown = try implant.dilated(byBall: 4).subtracting(defective)
    let further = try #require(try ImplantMeasures(of: grown, in: defective).pieces.first?.mirrorMM)
    #expect((2.8...4.2).contains(further), "\(further) mm")
    #expect(try ImplantMeasures(of: grown, in: defective, threads: 2).asymmetryMM == asymmetry)
  }

  /// A hole over the midline: the other side has none of its bone.
  @Test func whatTheOtherSideLacksIsNotCompared() throws {
    let whole = TurnedHead().mask(spacing: 3)
    let defective = TurnedHead(holes: [(SIMD3(0, -20, 80), 30)]).mask(spacing: 3)
    let measures = try ImplantMeasures(
      of: try whole.subtracting(defective), in: defective, threads: 2)
    #expect(measures.pieces.count == 1 && measures.pieces[0].mirrorMM == nil)
    #expect(measures.pieces[0].boneThickness != nil && measures.asymmetryMM != nil)
  }

  /// Bone on one side that the other lacks by 3 mm.
  @Test func anAsymmetricVaultIsToldInMillimetres() throws {
    let head = TurnedHead()
    let whole = head.mask(spacing: 2)
    let grown = whole.dilated(byBall: 3)
    let sizes = whole.sizes
    let half = Mask(on: whole.geometry) { out in
      whole.withBytes { whole in
        grown.withBytes { grown in
          for i in out.indices {
            out[i] = i % sizes.x > sizes.x / 2 ? grown[i] : whole[i]
          }
        }
      }
    }
    let found = try #require(
      try ImplantMeasures(of: Mask(emptyOn: whole.geometry), in: half).asymmetryMM)
    // The plane moves to the middle of the two sides, by half of it.
    #expect((0.8...3).contains(found), "\(found) mm")
    #expect(try ImplantMeasures(of: Mask(emptyOn: whole.geometry), in: half).pieces.isEmpty)
  }

  @Test func eachPartGoesWithItsPiece() throws {
    let grid = Geometry(sizes: GridSize(60, 30, 30), spacing: SIMD3(1, 1, 1))
    func block(_ x: Range<Int>) -> Mask {
      Mask(on: grid) { out in
        for z in 5..<15 { for y in 5..<15 { for x in x { out[grid.sizes.offset(x, y, z)] = 1 } } }
      }
    }
    let (small, large) = (block(5..<12), block(35..<55))
    let parts = [small, large].map { TriangleMesh(surfaceOf: $0) }
    let measures = try ImplantMeasures(
      of: try small.union(large), in: Mask(emptyOn: grid), parts: parts)
    #expect(measures.pieces.map(\.volumeMM3) == [2000, 700])
    #expect(measures.pieces.map(\.partVolumeMM3) == [parts[1].signedVolume, parts[0].signedVolume])
    #expect(measures.pieces[0].partAreaMM2 == parts[1].area)
    // No head, no bone: nothing is said of them.
    #expect(measures.asymmetryMM == nil && measures.pieces[0].boneThickness == nil)
    #expect(measures.pieces[0].mirrorMM == nil)
  }
}
