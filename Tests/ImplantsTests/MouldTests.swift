import Glibc
import Meshes
import TestSupport
import Testing
import Volumes

@testable import Implants

/// Of a part of the ball of bone of `DesignTests`, whose hole of 15 mm lies about the axis of x.
@Suite struct MouldTests {
  private static func part(_ design: PartDesign = PartDesign()) throws -> DesignedPart {
    let (implant, bone) = DesignTests.hole(DesignTests.grid(spacing: 0.8))
    return try ImplantDesign(of: implant, in: bone, by: design).parts[0]
  }

  @Test func bothHalvesPassTheGateAndOnlyVentsAreTunnels() throws {
    let mould = Mould(of: try Self.part(), by: MouldDesign(vents: 5))
    #expect(mould.vents == 5)
    for half in Mould.Half.allCases {
      let (mesh, report) = mould.checkedSurface(of: half, triangles: 20_000, within: 0.1)
      #expect(report.passes, "\(half) \(report.checks.filter { !$0.passes }.map(\.sentence))")
      #expect(MeshCheck(mesh).eulerNumber == (half == .inner ? 2 : 2 - 2 * 5))
    }
  }

  @Test func theHalvesComeApartAlongTheWay() throws {
    let part = try Self.part()
    let mould = Mould(of: part)
    let (inner, outer, sizes) = (mould.inner, mould.outer, mould.inner.sizes)
    // The third axis is the way out.
    let up = inner.geometry.directions[2]
    #expect(up.dot(part.way) > 0.999 * up.length)
    var (shared, hindered) = (0, 0)
    for y in 0..<sizes.y {
      for x in 0..<sizes.x {
        for z in 1..<sizes.z {
          if inner[x, y, z] < 0, outer[x, y, z] < 0 { shared += 1 }
          // Nothing of the inner half lies above a gap in it, and nothing of the outer below one; the first and the
          // last cells are outside of the block.
          if inner[x, y, z] < 0, inner[x, y, z - 1] >= 0, z > 4 { hindered += 1 }
          if outer[x, y, z] >= 0, outer[x, y, z - 1] < 0, z < sizes.z - 5 { hindered += 1 }
        }
      }
    }
    #expect(shared == 0 && hindered == 0)
  }

  @Test func whatIsCastIsThePartLessItsDraft() throws {
    let part = try Self.part()
    let straight = Mould(of: part, by: MouldDesign(draft: 0))
    let leaning = Mould(of: part, by: MouldDesign(draft: 5))
    #expect(abs(straight.cast / straight.part - 1) < 0.02, "\(straight.cast) \(straight.part)")
    // A triangle of 5 mm by 5 mm · tan 5° along 2π · 14.5 mm, in the middle.
    let taken = straight.cast - leaning.cast
    #expect(taken > 50 && taken < 150, "\(taken)")
  }

  /// A block of 16 mm with a slot of 6 mm, 10 mm deep, from one side: nothing comes out of that along z.
  @Test(arguments: [0.0, 2]) func undercutsThatAreFilledAreCounted(draft: Double) {
    let block = TunnelTests.field(60) { p in
      let box = max(abs(p.x), abs(p.y), abs(p.z)) - 8
      return max(box, -max(-2 - p.x, abs(p.z) - 3))
    }
    let mould = Mould(of: block, way: SIMD3(0, 0, 1), by: MouldDesign(draft: draft))
    // What the draft takes of the slot itself is not filled.
    let slot = 10.0 * 16 * 6
    let leaned = 8 * (10 + 16 + 10) * 6 * tan(draft * .pi / 180)
    #expect(abs(mould.filled - slot + leaned) < 0.05 * slot, "\(mould.filled)")
    #expect(abs(mould.part - (4096 - slot)) < 0.02 * 4096)
    #expect(mould.cast < mould.part + mould.filled + 1)
  }

  /// The axes are at right angles and of one length to the last bit, and cells along them lie where numbers of 32 bits are.
  @Test func framesOfWholeNumbersHoldTheirGridsExactly() {
    var random = SplitMix(state: 7)
    for _ in 0..<20 {
      let v = SIMD3<Double>.random(in: -1...1, using: &random)
      let frame = RationalFrame(near: v / v.length)
      let axes = frame.axes
      for i in 0..<3 {
        #expect(axes[i].dot(axes[i]) == frame.length * frame.length)
        #expect(axes[i].dot(axes[(i + 1) % 3]) == 0)
      }
      #expect(axes[0].cross(axes[1]).dot(axes[2]) > 0)
      #expect(axes[2].dot(v) / (frame.length * v.length) > cos(2 * .pi / 180))
      let (cell, side) = frame.cell(ofSide: 0.6, upTo: 250)
      #expect(abs(side - 0.6) < 0.03 && abs(cell[0].length - side) < 1e-12)
      let origin = frame.point(SIMD3(-80.123, 33.456, 99.1), upTo: 250)
      for index in [SIMD3(0.5, 7, 133), SIMD3(91, 2.5, 17), SIMD3(120, 120, 60.5)] {
        let p = origin + cell * index
        #expect(SIMD3<Double>(SIMD3<Float>(p)) == p)
      }
    }
    #expect(RationalFrame(near: SIMD3(0, 0, 1)).length == 1)
  }

  /// Vertices lie in a side of the block or off it, but never beside it by what numbers of 32 bits round.
  @Test(arguments: [SIMD3(0.3, -0.5, 0.8), SIMD3(-0.7, 0.6, 0.1)])
  func sidesAreFlatInTheFile(way: SIMD3<Double>) {
    let ball = TunnelTests.field(60) { ($0 * $0).sum().squareRoot() - 9 }
    let mould = Mould(of: ball, way: way / way.length, by: MouldDesign())
    for (half, isInner) in [(mould.inner, true), (mould.outer, false)] {
      let mesh = TriangleMesh(surfaceOf: half)
      for axis in 0..<3 {
        // In doubles exact.
        let normal = half.geometry.directions[axis]
        let heights = mesh.vertices.map { SIMD3<Double>($0).dot(normal) }
        // Along the way the other end is where the halves meet.
        let ends = axis < 2 || isInner ? [heights.min()!] : []
        for end in ends + (axis < 2 || !isInner ? [heights.max()!] : []) {
          #expect(heights.count { $0 == end } > 200)
          #expect(!heights.contains { $0 != end && abs($0 - end) < 1e-4 * normal.length })
        }
      }
    }
  }

  @Test func holesTabsAndLabelAreLeftOut() throws {
    let plain = Mould(of: try Self.part())
    let holes = PartDesign(
      perforations: Perforations(spacing: 5, margin: 2), tabs: FixationTabs(count: 4),
      sutures: SutureHoles(spacing: 8), label: CaseLabel("7"))
    let part = try Self.part(holes)
    #expect(part.figures.tunnels > 8)
    #expect(Mould(of: part).inner == plain.inner && Mould(of: part).outer == plain.outer)
  }
}
