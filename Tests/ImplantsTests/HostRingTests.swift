import Errors
import Meshes
import Testing
import Volumes
import VoxelOps

@testable import Implants

/// On the ball of bone of `DesignTests`, whose hole of 15 mm lies about the axis of x.
@Suite struct HostRingTests {
  @Test func aRingIsTheBoneAroundTheHoleAndThePartFitsIntoIt() throws {
    let (implant, bone) = DesignTests.hole(DesignTests.grid(spacing: 0.6))
    let ring = try HostRing(around: implant, in: bone, width: 8)
    let (mesh, report) = ring.checkedSurface(triangles: 40_000, within: 0.1)
    #expect(report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence))")
    #expect(ring.fields.count == 1 && ring.tunnels == 1 && MeshCheck(mesh).eulerNumber == 0)
    // A band of a ball's shell from 15 mm on, to 8 mm further along it.
    let points: [SIMD3<Double>] = mesh.vertices.map { SIMD3<Double>($0) }
    let radii = points.map { p in (p.y * p.y + p.z * p.z).squareRoot() }
    #expect(abs((radii.min() ?? 0) - 15) < 0.6 && abs((radii.max() ?? 0) - 23) < 0.8)
    let heights = points.map(\.length)
    #expect(abs((heights.min() ?? 0) - 60) < 0.6 && abs((heights.max() ?? 0) - 65) < 0.6)

    // The part in the ring as it would be printed.
    let design = try ImplantDesign(of: implant, in: bone)
    let printed = Mask(filling: mesh, on: bone.geometry)
    #expect(try printed.subtracting(bone).voxelCount < printed.voxelCount / 50)
    let (_, fit) = DesignTests.report(design, in: printed)
    #expect(fit.passes, "\(fit.checks.filter { !$0.passes }.map(\.sentence))")
  }

  @Test func poresOfTheBoneAreFilledButNotTheHole() throws {
    let (implant, whole) = DesignTests.hole(DesignTests.grid(spacing: 0.6))
    // A canal of 1.5 mm through the bone beside the hole, and a cavity in it.
    let bone = DesignTests.mask(whole.geometry) { p in
      let isBone =
        (60.0...65).contains(p.length) && (p.y * p.y + p.z * p.z).squareRoot() >= 15
      let isCanal = ((p.y - 19) * (p.y - 19) + p.z * p.z).squareRoot() < 0.75
      let isCavity = (p - SIMD3(59.5, -19, 0)).length < 1.2
      return isBone && !isCanal && !isCavity
    }
    let ring = try HostRing(around: implant, in: bone, width: 8)
    #expect(ring.tunnels == 1)
    let (mesh, report) = ring.checkedSurface(triangles: 40_000, within: 0.1)
    #expect(report.passes && report["cavities"]?.value == 0 && MeshCheck(mesh).eulerNumber == 0)
  }

  /// A canal of 2.4 mm that leads away from the hole, from 1.8 mm off it at the outer table, is filled up to the gap and no
  /// further.
  @Test(arguments: [0.5, 3.5]) func whatFillsPoresKeepsTheGap(clearance: Double) throws {
    let (implant, whole) = DesignTests.hole(DesignTests.grid(spacing: 0.6))
    func radius(_ p: SIMD3<Double>) -> Double { (p.y * p.y + p.z * p.z).squareRoot() }
    func fromCanal(_ p: SIMD3<Double>) -> Double {
      let middle = 18 + 0.7 * (65 - p.length)
      return ((p.y - middle) * (p.y - middle) + p.z * p.z).squareRoot()
    }
    let bone = DesignTests.mask(whole.geometry) { p in
      (60.0...65).contains(p.length) && radius(p) >= 15 && fromCanal(p) >= 1.2
    }
    let ring = try HostRing(around: implant, in: bone, width: 8, clearance: clearance)
    let (field, map) = (ring.fields[0], ring.fields[0].geometry.lpsFromIndex)
    var least = Double.infinity
    for z in 0..<field.sizes.z {
      for y in 0..<field.sizes.y {
        for x in 0..<field.sizes.x where field[x, y, z] < 0 {
          let p = map * SIMD3(Double(x), Double(y), Double(z))
          // What was no bone: in the canal, half a voxel off its wall.
          if (61.0...64).contains(p.length), fromCanal(p) < 0.9 {
            least = min(least, radius(p) - 15)
          }
        }
      }
    }
    // The part's surface lies half a voxel beyond its centres, 15 mm off the axis at most.
    #expect(ring.tunnels == 1)
    #expect(least > clearance - 0.1, "\(least)")
    // Next to the gap it is filled.
    #expect(clearance < 3 || least < clearance + 0.8, "\(least)")
  }

  @Test func ringsOfNeighbouringHolesAreOneSolidThatFillsNoHole() throws {
    let grid = DesignTests.grid(spacing: 0.8)
    func isShell(_ p: SIMD3<Double>) -> Bool { (60.0...65).contains(p.length) && p.x > 0 }
    func isHole(_ p: SIMD3<Double>) -> Bool {
      [SIMD3(60.0, 12, 0), SIMD3(60, -12, 0)].contains { (p - $0).length < 9 }
    }
    let implant = DesignTests.mask(grid) { isShell($0) && isHole($0) }
    let bone = DesignTests.mask(grid) { isShell($0) && !isHole($0) }
    #expect(implant.components().count == 2)
    let ring = try HostRing(around: implant, in: bone, width: 8)
    let (mesh, report) = ring.checkedSurface(triangles: 40_000, within: 0.1)
    #expect(ring.fields.count == 1 && ring.tunnels == 2 && MeshCheck(mesh).eulerNumber == -2)
    #expect(report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence))")
  }

  @Test func withoutBoneOrImplantThereIsNoRing() throws {
    let (implant, bone) = DesignTests.hole(DesignTests.grid(spacing: 1))
    let empty = Mask(emptyOn: bone.geometry)
    for (of, around) in [(implant, empty), (empty, bone), (empty, empty)] {
      let ring = try HostRing(around: of, in: around, width: 8)
      let (mesh, report) = ring.checkedSurface(triangles: 1000, within: 0.1)
      #expect(ring.fields.isEmpty && mesh.isEmpty && report.checks.isEmpty)
    }
    #expect(throws: Diagnostic.self) {
      try HostRing(
        around: implant, in: Mask(emptyOn: DesignTests.grid(spacing: 0.8)), width: 8)
    }
  }

  @Test func theSameBytesAtAnyThreadCount() throws {
    let (implant, bone) = DesignTests.hole(DesignTests.grid(spacing: 0.8))
    let one = try HostRing(around: implant, in: bone, width: 8, threads: 1)
    let three = try HostRing(around: implant, in: bone, width: 8, threads: 3)
    #expect(one.fields == three.fields && one.fields.count == 1)
    let all = PartDesign(
      perforations: Perforations(), tabs: FixationTabs(count: 4), sutures: SutureHoles(),
      label: CaseLabel("7"))
    let parts = try [1, 3].map {
      try ImplantDesign(of: implant, in: bone, by: all, threads: $0).parts.map(\.field)
    }
    #expect(parts[0] == parts[1])
  }
}
