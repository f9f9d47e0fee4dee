import Meshes
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
