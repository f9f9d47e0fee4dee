@testable import Skulls
import TestSupport
import Testing
import Volumes
import VoxelOps

/// What a scan does not show, or shows besides the head, and what its header says wrongly.
@Suite struct ScanEndTests {
  static let turn = Matrix3(turningBy: SIMD3(0.35, 0.1, -0.2))

  /// A head without what lies below a plane through its own frame.
  static func cut(_ head: TurnedHead, at height: Double, tilt: Double = 0) -> Mask {
    let whole = head.mask()
    let back = head.rotation.transposed
    return Mask(on: whole.geometry) { out in
      var i = 0
      whole.withBytes { bytes in
        for z in 0..<whole.sizes.z {
          for y in 0..<whole.sizes.y {
            for x in 0..<whole.sizes.x {
              let p = whole.geometry.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
              let q = back * (p - head.centre)
              out[i] = q.z + tilt * q.y < height ? 0 : bytes[i]
              i += 1
            }
          }
        }
      }
    }
  }

  @Test(arguments: [(-35.0, 0.0), (-30, 0.3)])
  func aScanThatWasCutAndTurnedEnds(at height: Double, tilt: Double) throws {
    let head = TurnedHead(rotation: Self.turn, holes: [(SIMD3(60, 0, 50), 25)])
    let surface = try #require(
      BoneSurface(Self.cut(head, at: height, tilt: tilt), threads: 2))
    let end = try #require(surface.ends.first)
    #expect(surface.ends.count == 1)
    let down = head.rotation * SIMD3(0, -tilt, -1) / (1 + tilt * tilt).squareRoot()
    #expect(end.normal.dot(down) > 0.99)
    let way = end.offset - end.normal.dot(head.centre)
    #expect(abs(way + height / (1 + tilt * tilt).squareRoot()) < 5, "\(way) mm")
    #expect(!surface.isSeen(head.centre + 90 * down) && surface.isSeen(head.centre))
  }

  @Test func aHeadThatIsCutLiesAsItDid() throws {
    let head = TurnedHead(rotation: Self.turn, holes: [(SIMD3(60, 0, 50), 25)])
    let pose = try #require(HeadPose.find(in: Self.cut(head, at: -30, tilt: 0.3), threads: 2))
    let truth = HeadPose(rotation: head.rotation.transposed, centre: head.centre)
    #expect(pose.angle(to: truth) < 8, "\(pose.angle(to: truth))°")
    #expect(pose.ends.count == 1)
  }

  /// The rim of a round hole lies in a plane, too.
  @Test(arguments: [[], [(SIMD3(0.0, 10, 80), 30.0)], [(SIMD3(75.0, 0, 20), 40.0)]])
  func aWholeHeadHasNoEnd(holes: [(SIMD3<Double>, Double)]) throws {
    let head = TurnedHead(rotation: Self.turn, holes: holes.map { (centre: $0.0, radius: $0.1) })
    #expect(try #require(BoneSurface(head.mask(), threads: 2)).ends.isEmpty)
  }

  /// Beyond the end of a scan the vault is not open but not seen.
  @Test func whatWasCutOffIsNoHole() throws {
    let head = TurnedHead(rotation: Self.turn)
    let bone = Self.cut(head, at: 10)
    let pose = HeadPose(rotation: head.rotation.transposed, centre: head.centre)
    let ended = HeadPose(
      rotation: head.rotation.transposed, centre: head.centre,
      ends: [
        ScanEnd(
          normal: -head.rotation.columns.2, offset: -10 - head.rotation.columns.2.dot(head.centre))
      ])
    let open = try #require(VaultMap(of: bone, pose: pose, threads: 2))
    let unseen = try #require(VaultMap(of: bone, pose: ended, threads: 2))
    #expect(open.states.count { $0 == .open } > 2 * unseen.states.count { $0 == .open })
    #expect(unseen.states.contains(.unseen) && unseen.holes().isEmpty)
  }

  /// A mask that is cropped to its bone ends where the missing vertex was.
  @Test func aHoleAtTheTopOfACroppedMaskIsSeen() throws {
    let head = TurnedHead(holes: [(SIMD3(0, 10, 80), 28)])
    let mask = head.mask()
    let cropped = mask.cropped(to: try #require(mask.boundingBox()))
    let pose = HeadPose(rotation: .identity, centre: head.centre)
    let map = try #require(VaultMap(of: cropped, pose: pose, threads: 2))
    let hole = try #require(map.holes().first)
    let whole = try #require(VaultMap(of: mask, pose: pose, threads: 2)?.holes().first)
    #expect(!hole.isAtBorder && abs(hole.area - whole.area) < 0.1 * whole.area)
  }

  @Test func tableAndHolderAreNoneOfTheHead() throws {
    let head = TurnedHead().mask()
    let sizes = head.sizes
    var all = head
    // A table below the head, as long as the grid; a flap that lies apart in a hole.
    for z in 0..<sizes.z { for x in 0..<sizes.x { all[x, sizes.y - 2, z] = true } }
    #expect(BoneRule.head(of: all, threads: 2) == head)
    let open = TurnedHead(holes: [(SIMD3(65, 0, 45), 25)]).mask()
    let flap = try head.subtracting(TurnedHead(holes: [(SIMD3(65, 0, 45), 17)]).mask())
    let both = try open.union(flap)
    #expect(try BoneRule.head(of: both.union(all.subtracting(head)), threads: 2) == both)
  }

  @Test func slicesThatAreTooFarApartAreFound() throws {
    let head = TurnedHead(holes: [(SIMD3(60, 0, 50), 25)]).mask().stretched(by: 1.5)
    let pose = try #require(HeadPose.find(in: head, threads: 2))
    let found = SliceDistance.excess(
      of: head, pose: pose, among: [1.25, 1.5], steps: [], threads: 2)
    #expect(found == 1.5)
  }

  @Test func slicesThatAreRightStayAsTheyAre() {
    let head = TurnedHead(rotation: Self.turn).mask()
    // As bone of heads lies on the reference head.
    let pose = HeadPose(rotation: Self.turn.transposed, centre: .zero, misfit: 3.1)
    #expect(SliceDistance.excess(of: head, pose: pose) == nil)
    let empty = Mask(emptyOn: head.geometry)
    #expect(SliceDistance.excess(of: empty, pose: nil) == nil)
  }

  /// Drawn out, part of a head may fit the reference head as no head is large.
  @Test func noHeadIsTakenForAGiants() {
    let head = TurnedHead(rotation: Self.turn).mask()
    let pose = HeadPose(rotation: Self.turn.transposed, centre: .zero, misfit: 8)
    func found(_ size: Double) -> Double? {
      var geometry = head.geometry
      geometry.directions = Matrix3(
        size * geometry.directions[0], size * geometry.directions[1], size * geometry.directions[2])
      geometry.origin *= size
      let larger = Mask(on: geometry) { out in
        head.withBytes { out.baseAddress?.update(from: $0.baseAddress!, count: $0.count) }
      }
      return SliceDistance.excess(of: larger, pose: pose, among: [1.001], steps: [], threads: 2)
    }
    #expect(found(1) == 1.001)
    #expect(found(1.42) == nil)
  }
}
