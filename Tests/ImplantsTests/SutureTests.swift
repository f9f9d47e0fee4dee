import Meshes
import Testing
import Volumes

@testable import Implants

/// On the ball of bone of `DesignTests`, whose hole lies about the axis of x.
@Suite struct SutureTests {
  @Test func aRowOfHolesKeepsItsMarginToTheRim() throws {
    let (implant, bone) = DesignTests.hole(DesignTests.grid(spacing: 0.6)) { _ in 22 }
    let design = try ImplantDesign(of: implant, in: bone, by: PartDesign(sutures: SutureHoles()))
    let (mesh, report) = DesignTests.report(design, in: bone)
    #expect(report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence))")
    // Every 15 mm or a little more on a circle of 17.7 mm.
    #expect(design.parts[0].figures.sutures == 7)
    #expect(MeshCheck(mesh).eulerNumber == 2 - 2 * 7)
    let points: [SIMD3<Double>] = mesh.vertices.map { SIMD3<Double>($0) }
    let middle = points.filter { (62...63).contains($0.length) }
    let walls = middle.map { p in (p.y * p.y + p.z * p.z).squareRoot() }.filter { $0 < 21 }
    #expect(walls.count > 50)
    // Straight to the middle of the ball: 17 mm from the axis there.
    #expect(walls.allSatisfy { abs($0 - 16.8) < 1.6 }, "\(walls.min() ?? 0) \(walls.max() ?? 0)")
  }

  @Test func nothingIsDrilledIntoAnythingElse() throws {
    let (implant, bone) = DesignTests.hole(DesignTests.grid(spacing: 0.6)) { _ in 22 }
    let all = PartDesign(
      perforations: Perforations(spacing: 6, margin: 2), tabs: FixationTabs(count: 3, width: 6),
      sutures: SutureHoles(spacing: 8), label: CaseLabel("7"))
    let design = try ImplantDesign(of: implant, in: bone, by: all)
    let figures = design.parts[0].figures
    let (mesh, report) = DesignTests.report(design, in: bone)
    #expect(report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence))")
    #expect(figures.holes > 10 && figures.tabs == 3 && figures.sutures > 8)
    #expect(figures.labelHeight == 8)
    // Two holes that met would be one tunnel less.
    let holes = figures.holes + figures.tabs + figures.sutures
    #expect(figures.tunnels == holes && MeshCheck(mesh).eulerNumber == 2 - 2 * holes)
  }
}
