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

  /// Low at the side, where bone is thin, a hole of 4 cm² counts if the other side has bone.
  @Test func aSmallHoleThatGoesOnBelowMustBeOnOneSide() throws {
    let left = (centre: SIMD3(73.0, 18, -18), radius: 15.0)
    let one = try Self.map(of: TurnedHead(holes: [left])).holes()
    let hole = try #require(one.first)
    let above = hole.area * (1 - hole.belowLimit)
    #expect(one.count == 1 && hole.belowLimit > 0.05 && above < 600, "\(hole.belowLimit), \(above)")
    let right = (centre: left.centre * SIMD3(-1, 1, 1), radius: left.radius)
    #expect(try Self.map(of: TurnedHead(holes: [left, right])).holes().isEmpty)
  }

  /// The back of a head may lie further inside than any ellipsoid; it is no hole, whether the scan ends there or not.
  @Test(arguments: [false, true])
  func aFlatBackIsBone(isCropped: Bool) throws {
    let head = TurnedHead()
    let whole = head.mask(spacing: 2)
    let sizes = whole.sizes
    let middle = Int((head.centre.y - whole.geometry.origin.y) / 2)
    let start = middle + 15
    var flat = Mask(emptyOn: whole.geometry)
    for z in 0..<sizes.z {
      for y in 0..<sizes.y {
        // What lies behind 30 mm is drawn together, its bone no thinner than a voxel.
        let from = y <= start ? y : start + 3 * (y - start)
        for x in 0..<sizes.x {
          flat[x, y, z] = (from..<(y <= start ? from + 1 : from + 3)).contains {
            $0 < sizes.y && whole[x, $0, z]
          }
        }
      }
    }
    if isCropped {
      let box = try #require(flat.boundingBox())
      flat = flat.cropped(to: box)
    }
    let pose = HeadPose(rotation: .identity, centre: head.centre)
    let map = try #require(VaultMap(of: flat, pose: pose, threads: 2))
    #expect(map.holes().isEmpty)
    let furthest = map.states.indices.filter { map.states[$0] == .bone }.map { i in
      map.ellipsoid(map.direction(i % map.width, i / map.width)) - Double(map.outer[i])
    }.max()
    #expect(try #require(furthest) > 20, "the ellipsoid is near: nothing is tested")
  }

  @Test func aMembraneClosesGaps() {
    let width = 21
    func height(_ i: Int) -> Float { 3 + 0.5 * Float(i % width) - 0.25 * Float(i / width) }
    let gap = (0..<width * width).filter {
      (8...12).contains($0 % width) && (8...12).contains($0 / width)
    }
    var membrane = Membrane(
      (0..<width * width).map { gap.contains($0) || $0 == 0 ? .nan : height($0) }, width: width)
    membrane.fill(gap)
    for i in gap { #expect(abs(membrane[i] - height(i)) < 0.05) }
    #expect(membrane[0].isNaN, "only what is asked for is filled")
  }
}
