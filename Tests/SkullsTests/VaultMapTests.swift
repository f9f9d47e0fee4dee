@testable import Skulls
import TestSupport
import Testing
import Volumes
import VoxelOps

@Suite struct VaultMapTests {
  /// The map of a head whose pose is known.
  static func map(of head: TurnedHead) throws -> VaultMap {
    let pose = HeadPose(rotation: head.rotation.transposed, centre: head.centre)
    return try #require(VaultMap(of: head.mask(spacing: 3), pose: pose, threads: 2))
  }

  @Test func pixelsAndDirectionsAreInverse() throws {
    let map = try Self.map(of: TurnedHead())
    for (x, y) in [(map.width / 2, map.width / 2), (40, 60), (100, 90), (70, 140)] {
      let d = map.direction(x, y)
      let (u, v) = map.place(d.x, d.y, d.z)
      #expect(abs(u - Double(x)) < 1e-9 && abs(v - Double(y)) < 1e-9)
    }
  }

  @Test func aWholeVaultHasNoHole() throws {
    #expect(try Self.map(of: TurnedHead()).holes().isEmpty)
  }

  /// On a side, over the midline, at the back.
  @Test(arguments: [
    (SIMD3(0.8, 0.1, 0.6), false), (SIMD3(0, -0.5, 0.8), true), (SIMD3(-0.2, 0.9, 0.4), false),
  ])
  func aHoleIsMeasured(towards direction: SIMD3<Double>, crossesMidline: Bool) throws {
    let unit = direction / direction.length
    var head = TurnedHead(rotation: Matrix3(turningBy: SIMD3(0.4, 0.2, -0.3)))
    let whole = try Self.map(of: head)
    let (x, y) = whole.place(unit.x, unit.y, unit.z)
    let way = Double(whole.outer[Int(x.rounded()) + whole.width * Int(y.rounded())])
    head.holes = [(whole.middle + way * unit, 22)]
    let holes = try Self.map(of: head).holes()
    #expect(holes.count == 1)
    let hole = try #require(holes.first)
    // A ball about the outer table cuts a little less out of the inner one, and rays run between.
    #expect(hole.area > 0.75 * .pi * 22 * 22 && hole.area < 1.15 * .pi * 22 * 22, "\(hole.area)")
    let centre = head.rotation * (whole.middle + way * unit) + head.centre
    #expect((hole.centroid - centre).length < 6)
    #expect(hole.crossesMidline == crossesMidline)
    #expect(!hole.isAtBorder)
  }

  @Test func aHoleAtTheEndOfTheScanSaysSo() throws {
    // The scan is cut above the vault's widest part, through a hole.
    let head = TurnedHead(holes: [(SIMD3(68, 10, 30), 25)])
    let whole = head.mask(spacing: 3)
    let sizes = whole.sizes
    let cut = whole.cropped(
      to: IndexBox(lower: SIMD3(0, 0, 52), upper: SIMD3(sizes.x, sizes.y, sizes.z)))
    let pose = HeadPose(rotation: .identity, centre: head.centre)
    let holes = try #require(VaultMap(of: cut, pose: pose)).holes()
    #expect(holes.count == 1 && holes[0].isAtBorder)
  }
}
