import Errors
import Recognition
import Skulls
import Testing
import Volumes
import VoxelOps

/// Tables, headrests and frames that hang on the skull, or are a larger piece than it.
@Suite struct ApparatusTests {
  /// The head in the middle of a wider grid, in HU, with room behind and around.
  private static func head(_ change: (SIMD3<Double>) -> Int16? = { _ in nil }) -> AnyVolume {
    let head = RecognizedVolumeTests.head
    let (inner, pad) = (head.geometry.sizes, 26)
    var geometry = head.geometry
    geometry.sizes = GridSize(inner.x + 2 * pad, inner.y + 2 * pad, inner.z)
    return AnyVolume(
      Volume<Int16>(on: geometry) { voxels in
        for z in 0..<inner.z {
          for y in 0..<geometry.sizes.y {
            for x in 0..<geometry.sizes.x {
              let (i, j) = (x - pad, y - pad)
              let isInner = i >= 0 && j >= 0 && i < inner.x && j < inner.y
              let value: Int16 = isInner ? head.values[inner.offset(i, j, z)] : -1000
              // mm from the middle of the head, whose half axes are 70, 88 and 76 mm.
              let place = SIMD3(
                2.5 * Double(i) - 94, 2.5 * Double(j) - 114, 2.5 * Double(z) - 98)
              voxels[geometry.sizes.offset(x, y, z)] = max(value, change(place) ?? value)
            }
          }
        }
      })
  }

  private static func ring(_ radius: Double, _ value: Int16, pins: Bool) -> AnyVolume {
    head { p in
      let around = (p.x * p.x + p.y * p.y).squareRoot()
      if abs(around - radius) <= 6, abs(p.z - 10) <= 11 { return value }
      let across = min(abs(p.x - p.y), abs(p.x + p.y)) / 2.0.squareRoot()
      // From the ring 2 mm into the bone.
      return pins && around < radius && around > 72 && across <= 2.5 && abs(p.z - 10) <= 2.5
        ? value : nil
    }
  }

  private static func table(
    _ thickness: Double, _ value: Int16, from start: Double, tilt: Double = 0
  )
    -> AnyVolume
  {
    head { p in
      let depth = p.y - start - tilt * p.z
      return depth >= 0 && depth <= thickness && abs(p.x) < 130 ? value : nil
    }
  }

  private static let surrounded: [(name: String, scan: AnyVolume)] = [
    ("a titanium ring", ring(112, 3071, pins: true)),
    ("an aluminium ring", ring(116, 1800, pins: true)),
    ("a ring of composite", ring(112, 500, pins: true)),
    ("a thick table", table(40, 600, from: 96)),
    ("a thick table at the bone", table(40, 300, from: 86)),
    ("a shell of a table", table(6, 900, from: 87)),
  ]

  @Test(arguments: surrounded.indices) func isLeftOutOfTheSkull(of number: Int) throws {
    let (name, scan) = Self.surrounded[number]
    let clean = BoneRule.head(of: Self.head().binarized(in: .atLeast(226)), in: Self.head()).bone
    let bone = scan.binarized(in: .atLeast(226))
    let head = BoneRule.head(of: bone, in: scan, threads: 2)
    let dice = try #require(try head.bone.dice(with: clean))
    #expect(dice > 0.98, "\(name): \(dice)")
    #expect(head.apparatus > 10_000, "\(name): \(head.apparatus)")
    // The largest piece is another.
    #expect(try #require(try BoneRule.mainPiece(of: bone).dice(with: clean)) < 0.9, "\(name)")
  }

  /// A table that lies oblique in the grid is a piece of its own; the head is taken, though it is smaller.
  @Test func aTiltedTableIsNotTheHead() throws {
    let scan = Self.table(30, 900, from: 125, tilt: 0.3)
    let clean = BoneRule.mainPiece(of: Self.head().binarized(in: .atLeast(226)))
    let head = BoneRule.head(of: scan.binarized(in: .atLeast(226)), in: scan)
    #expect(try #require(try head.bone.dice(with: clean)) > 0.99)
  }

  @Test func aHeadAloneIsTakenAsItIs() throws {
    for scan in [Self.head(), Self.ring(112, 3071, pins: false), Self.table(5, 900, from: 110)] {
      let bone = scan.binarized(in: .atLeast(226))
      let head = BoneRule.head(of: bone, in: scan)
      #expect(head.bone == BoneRule.mainPiece(of: bone))
      #expect(head.apparatus == 0)
    }
    // Without soft tissue nothing says where the head is.
    let dry = Self.ring(112, 3071, pins: true).binarized(in: .atLeast(226))
    #expect(BoneRule.head(of: dry, in: AnyVolume(dry.asVolume)).apparatus == 0)
  }

  /// Of a mask nothing tells a frame from bone: it is said.
  @Test func inAMaskItIsSaid() throws {
    for scan in [Self.ring(118, 3071, pins: true), Self.table(60, 300, from: 86)] {
      let bone = BoneRule.mainPiece(of: scan.binarized(in: .atLeast(226)))
      let told = try HeadPlausibility.objections(to: bone, checksProportions: false)
      #expect(told.contains { $0.contains("more than a head") }, "\(told)")
    }
    let alone = BoneRule.mainPiece(of: Self.head().binarized(in: .atLeast(226)))
    #expect(try HeadPlausibility.objections(to: alone, checksProportions: false).isEmpty)
  }
}
