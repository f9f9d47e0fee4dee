import Errors
import Glibc
import Meshes
import TestSupport
import Testing
import Volumes
import VoxelOps

@testable import Implants

/// Holes in a ball of bone of 60 to 65 mm, whose thickness, curve and rim are known.
@Suite struct DesignTests {
  /// A part of a grid about the hole, which lies in the direction of x.
  static func grid(spacing: Double, turned: Bool = false) -> Geometry {
    let count = Int(64 / spacing)
    var geometry = Geometry(
      sizes: GridSize(count, count, count), spacing: SIMD3(repeating: spacing))
    geometry.origin = SIMD3(16, -32, -32)
    if turned {
      let (c, s) = (cos(0.4), sin(0.4))
      let turn = Matrix3(SIMD3(c, s, 0), SIMD3(-s, c, 0), SIMD3(0, 0, 1))
      let middle = SIMD3(48.0, 0, 0)
      geometry.directions = Matrix3(
        turn[0] * spacing, turn[1] * spacing, turn[2] * spacing)
      geometry.origin = middle + turn * (geometry.origin - middle)
    }
    return geometry
  }

  static func mask(_ grid: Geometry, _ inside: (SIMD3<Double>) -> Bool) -> Mask {
    let (map, sizes) = (grid.lpsFromIndex, grid.sizes)
    return Mask(on: grid) { bytes in
      for k in 0..<sizes.z {
        for j in 0..<sizes.y {
          for i in 0..<sizes.x where inside(map * SIMD3(Double(i), Double(j), Double(k))) {
            bytes[sizes.offset(i, j, k)] = 1
          }
        }
      }
    }
  }

  /// A hole whose radius about the axis of x is given for places on the shell.
  static func hole(
    _ grid: Geometry, inner: Double = 60, radius: @escaping (SIMD3<Double>) -> Double = { _ in 15 }
  ) -> (implant: Mask, bone: Mask) {
    func isShell(_ p: SIMD3<Double>) -> Bool { (inner...65).contains(p.length) && p.x > 0 }
    func isHole(_ p: SIMD3<Double>) -> Bool { (p.y * p.y + p.z * p.z).squareRoot() < radius(p) }
    return (
      mask(grid) { isShell($0) && isHole($0) }, mask(grid) { isShell($0) && !isHole($0) }
    )
  }

  static func report(_ design: ImplantDesign, in bone: Mask) -> (TriangleMesh, GateReport) {
    let mesh = design.surface(triangles: 20_000, within: 0.1).mesh
    var gate = Gate(
      wall: design.design.wall, clearance: design.design.clearance,
      tunnels: design.parts.reduce(0) { $0 + $1.figures.tunnels }, samples: 5000)
    gate.ways = design.parts.map(\.way)
    return (mesh, gate.report(on: mesh, against: bone))
  }

  @Test("A part passes its gate at several spacings and obliquely", arguments: [0.5, 0.8, 1.0])
  func standard(spacing: Double) throws {
    var volumes: [Double] = []
    for turned in [false, true] {
      let (implant, bone) = Self.hole(Self.grid(spacing: spacing, turned: turned))
      let design = try ImplantDesign(of: implant, in: bone)
      let (mesh, report) = Self.report(design, in: bone)
      #expect(
        report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence)) at \(spacing) mm")
      #expect(design.parts.count == 1 && MeshCheck(mesh).eulerNumber == 2)
      // Out along x, in the middle of the cone of ways that are as good.
      #expect(design.parts[0].way.x > 0.97)
      let median = try #require(report["thicknessMedian"]?.value)
      #expect(abs(median - 5) < 0.12)
      // A gap of 0.3 mm all around takes 0.3 × 94 × 5 mm³.
      let whole = Double(implant.voxelCount) * implant.geometry.voxelVolume
      #expect(mesh.signedVolume < whole - 100 && mesh.signedVolume > whole - 420)
      volumes.append(mesh.signedVolume)
    }
    #expect(abs(volumes[0] / volumes[1] - 1) < 0.01)
  }

  @Test func theSurfaceIsTheBallsToAFractionOfAVoxel() throws {
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.8))
    let design = try ImplantDesign(of: implant, in: bone)
    let mesh = design.surface(triangles: 1_000_000, within: 0).mesh
    var (sum, count, most) = (0.0, 0.0, 0.0)
    for vertex in mesh.vertices {
      let p = SIMD3<Double>(vertex)
      // Away from the edges.
      guard (p.y * p.y + p.z * p.z).squareRoot() < 12 else { continue }
      let error = min(abs(p.length - 60), abs(p.length - 65))
      (sum, count, most) = (sum + error * error, count + 1, max(most, error))
    }
    // A mask shows a ball in steps; where it is nearly along a slice they are wide.
    #expect((sum / count).squareRoot() < 0.2 * 0.8 && most < 0.6 * 0.8)
  }

  @Test("The clearance that was asked for is kept", arguments: [0.3, 0.5, 1.0])
  func clearance(mm: Double) throws {
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.5))
    let design = try ImplantDesign(of: implant, in: bone, by: PartDesign(clearance: mm))
    let (mesh, report) = Self.report(design, in: bone)
    #expect(report.passes)
    let rims = mesh.vertices.map { ($0.y * $0.y + $0.z * $0.z).squareRoot() }
    // The true rim is a cylinder of 15 mm.
    #expect(abs(Double(rims.max() ?? 0) - (15 - mm)) < 0.3)
  }

  @Test("A constant thickness is measured from the outside", arguments: [3.0, 4, 7])
  func constant(mm: Double) throws {
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.5))
    let design = try ImplantDesign(
      of: implant, in: bone, by: PartDesign(thickness: .constant(mm)))
    let (mesh, report) = Self.report(design, in: bone)
    #expect(report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence))")
    let median = try #require(report["thicknessMedian"]?.value)
    #expect(abs(median - mm) < 0.1, "\(design.parts[0].figures) \(report.checks.map(\.figure))")
    let outer = mesh.vertices.map { SIMD3<Double>($0).length }.max() ?? 0
    #expect(abs(outer - 65) < 0.3)
  }

  @Test func aShareIsTakenFromTheInside() throws {
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.5))
    let design = try ImplantDesign(of: implant, in: bone, by: PartDesign(thickness: .share(0.6)))
    let (mesh, report) = Self.report(design, in: bone)
    #expect(report["thicknessMedian"]?.value.map { abs($0 - 3) < 0.1 } == true)
    #expect(abs((mesh.vertices.map { SIMD3<Double>($0).length }.min() ?? 0) - 62) < 0.4)
  }

  @Test func underContourIsFlushAtTheRim() throws {
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.5)) { _ in 22 }
    let design = try ImplantDesign(of: implant, in: bone, by: PartDesign(underContour: 1))
    let (mesh, _) = Self.report(design, in: bone)
    let outer = mesh.vertices.map { SIMD3<Double>($0) }.filter { $0.length > 63 }
    let middle = outer.filter { abs($0.y) < 4 && abs($0.z) < 4 }.map(\.length)
    let rim = outer.filter { ($0.y * $0.y + $0.z * $0.z).squareRoot() > 20 }.map(\.length)
    #expect(abs((middle.max() ?? 0) - 64) < 0.15)
    #expect((rim.max() ?? 0) > 64.7)
  }

  @Test("A thin plate below a sunken surface keeps its thickness")
  func sunkenPlate() throws {
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.5)) { _ in 22 }
    let design = try ImplantDesign(
      of: implant, in: bone, by: PartDesign(thickness: .constant(2), underContour: 1))
    let (mesh, report) = Self.report(design, in: bone)
    #expect(report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence))")
    let median = try #require(report["thicknessMedian"]?.value)
    #expect(abs(median - 2) < 0.15, "\(median)")
    let middle = mesh.vertices.map { SIMD3<Double>($0) }.filter {
      $0.x > 0 && abs($0.y) < 4 && abs($0.z) < 4
    }.map(\.length)
    let (most, least) = (middle.max() ?? 0, middle.min() ?? 0)
    #expect(abs(most - 64) < 0.15 && abs(least - 62) < 0.3, "\(least) to \(most)")
  }

  @Test func aBevelTakesTheOuterEdge() throws {
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.5))
    let plain = try ImplantDesign(of: implant, in: bone)
    let bevelled = try ImplantDesign(of: implant, in: bone, by: PartDesign(bevel: 2))
    let lost = plain.parts[0].figures.part - bevelled.parts[0].figures.part
    // A triangle of 2 × 2 / 2 mm² along 2π · 14 mm, less what the plain edge's rounding took.
    #expect(lost > 100 && lost < 200)
    #expect(Self.report(bevelled, in: bone).1.passes)
  }

  /// The gap on the way is a figure of part, bone and way, whatever gap is asked for; and a way that is looked for is as free as
  /// the one that the part was designed for.
  @Test(arguments: [false, true]) func theGapOnTheWayIsThatOfTheWay(isKnown: Bool) throws {
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.8))
    let design = try ImplantDesign(of: implant, in: bone)
    let mesh = design.surface(triangles: 20_000, within: 0.1).mesh
    let reports = [0, 0.3, 0.6].map { clearance in
      var gate = Gate(clearance: clearance, samples: 2000)
      gate.ways = isKnown ? design.parts.map(\.way) : []
      return gate.report(on: mesh, against: bone)
    }
    let least = try #require(reports[0]["slideLeast"]?.value)
    #expect(reports.allSatisfy { $0["slideLeast"]?.value == least })
    #expect(reports[0]["slideLeast"]?.passes == true && reports[1]["slideLeast"]?.passes == true)
    #expect(least > -0.1 && least < 0.5, "\(least)")
  }

  @Test func perforationsAreTunnelsThatAreDeclared() throws {
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.5)) { _ in 22 }
    let design = try ImplantDesign(
      of: implant, in: bone, by: PartDesign(perforations: Perforations()))
    let part = design.parts[0]
    #expect(part.figures.holes == part.figures.tunnels && part.figures.holes >= 7)
    let (mesh, report) = Self.report(design, in: bone)
    #expect(report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence))")
    #expect(MeshCheck(mesh).eulerNumber == 2 - 2 * part.figures.holes)
  }

  @Test("A dovetail cannot be put in as it is; without its undercut it can") func dovetail() throws
  {
    // Wider inside than outside.
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.5)) { 15 + 1.2 * (65 - $0.length) }
    let kept = try ImplantDesign(of: implant, in: bone, by: PartDesign(undercuts: .report))
    let (_, refused) = Self.report(kept, in: bone)
    #expect(refused["slideLeast"]?.passes == false)
    #expect(kept.parts[0].figures.undercut > 200)
    let removed = try ImplantDesign(of: implant, in: bone)
    let (_, report) = Self.report(removed, in: bone)
    #expect(report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence))")
    #expect(removed.parts[0].figures.undercut > 200)
  }

  @Test("Bone far out on the way counts, coarsely in the design and in the gate") func farBone()
    throws
  {
    var grid = Self.grid(spacing: 0.8)
    grid.sizes = GridSize(110, 110, 80)
    grid.origin.y = -50
    let (implant, near) = Self.hole(grid) { 15 + 1.8 * ($0.length - 60) }
    // A lid 30 mm out with sides, open on one and below; so thin that the middle of the bone stays within the shell.
    let plate = Self.mask(grid) {
      (95..<97).contains($0.x) && $0.y > 5
        || (80..<97).contains($0.x) && ((29..<31).contains(abs($0.z)) || $0.y > 36)
    }
    let bone = try near.union(plate)
    let free = try ImplantDesign(of: implant, in: near).parts[0].way
    #expect(free.x > 0.9)
    let design = try ImplantDesign(of: implant, in: bone)
    let part = design.parts[0]
    #expect(abs(part.way.y) > 0.4, "\(part.way)")
    #expect(part.figures.undercut < 0.1 * part.figures.completed, "\(part.figures)")
    let (mesh, report) = Self.report(design, in: bone)
    #expect(report.passes, "\(report.checks.filter { !$0.passes })")
    var straight = Gate(samples: 5000)
    straight.ways = [SIMD3(1, 0, 0)]
    let blocked = straight.report(on: mesh, against: bone)
    #expect(blocked.checks.filter { !$0.passes }.map(\.name) == ["slideLeast"])
    #expect(straight.report(on: mesh, against: near).passes)
    // A gate that is told of no way finds one.
    let unknown = Gate(samples: 5000).report(on: mesh, against: bone)
    #expect(unknown.passes, "\(unknown.checks.filter { !$0.passes })")
  }

  @Test("Thin walls are made as thick as they must be, or removed") func thinWalls() throws {
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.5), inner: 64)
    let thick = try ImplantDesign(of: implant, in: bone, by: PartDesign(wall: 2))
    let (mesh, report) = Self.report(thick, in: bone)
    #expect(
      report["wall"]?.passes == true && thick.parts[0].figures.thickened > 300,
      "\(thick.parts[0].figures) \(report.checks.map(\.figure))")
    // To the inside: the outer surface is where it was.
    let outer = mesh.vertices.map { SIMD3<Double>($0).length }.filter { $0 > 64.2 }
    #expect(abs(outer.reduce(0, +) / Double(outer.count) - 65) < 0.15)
    let removed = try ImplantDesign(
      of: implant, in: bone, by: PartDesign(wall: 2, thinWalls: .remove))
    #expect(removed.parts.isEmpty)
  }

  @Test func severalHolesGiveSeveralPartsEachWithItsWay() throws {
    let grid = Self.grid(spacing: 0.8)
    func isShell(_ p: SIMD3<Double>) -> Bool { (60.0...65).contains(p.length) && p.x > 0 }
    func isHole(_ p: SIMD3<Double>) -> Bool {
      [17.0, -17].contains { (p.y * p.y + (p.z - $0) * (p.z - $0)).squareRoot() < 9 }
    }
    let implant = Self.mask(grid) { isShell($0) && isHole($0) }
    let bone = Self.mask(grid) { isShell($0) && !isHole($0) }
    let design = try ImplantDesign(of: implant, in: bone)
    #expect(design.parts.count == 2)
    #expect(abs(design.parts[0].way.z + design.parts[1].way.z) < 0.3)
    let (mesh, report) = Self.report(design, in: bone)
    #expect(report.passes && report["parts"]?.value == 2)
    #expect(MeshCheck(mesh).components == 2)
  }

  @Test func theSameBytesAtAnyThreadCount() throws {
    let (implant, bone) = Self.hole(Self.grid(spacing: 0.8))
    let design = PartDesign(thickness: .share(0.7), underContour: 0.5, bevel: 1, caudalGap: 2)
    let one = try ImplantDesign(of: implant, in: bone, by: design, threads: 1)
    let three = try ImplantDesign(of: implant, in: bone, by: design, threads: 3)
    #expect(one.parts.map(\.field) == three.parts.map(\.field))
    #expect(one.parts.map(\.way) == three.parts.map(\.way))
    #expect(
      one.surface(triangles: 5000, within: 0.1, threads: 1).mesh
        == three.surface(triangles: 5000, within: 0.1, threads: 3).mesh)
  }

  @Test func nothingIsMadeOfNothing() throws {
    let grid = Self.grid(spacing: 1)
    let (implant, bone) = Self.hole(grid)
    let empty = Mask(on: grid) { _ in }
    #expect(try ImplantDesign(of: empty, in: bone).parts.isEmpty)
    #expect(try ImplantDesign(of: empty, in: empty).surface(triangles: 10, within: 1).mesh.isEmpty)
    // Without bone there is nothing to keep away from.
    #expect(try ImplantDesign(of: implant, in: empty).parts.count == 1)
    #expect(throws: Diagnostic.self) {
      try ImplantDesign(of: implant, in: Mask(on: Self.grid(spacing: 0.5)) { _ in })
    }
  }
}
