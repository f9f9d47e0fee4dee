import Glibc
import Meshes
import Testing
import Volumes
import VoxelOps

@testable import Implants

/// Tabs on the ball of bone of `DesignTests`, whose hole lies about the axis of x.
@Suite struct TabTests {
  /// The angle about the axis of x of each tab, in degrees, rising.
  private static func angles(_ mesh: TriangleMesh) -> [Double] {
    // The ends of tabs, whose middle is 20 mm from the axis.
    let far = mesh.vertices.filter { p in p.y * p.y + p.z * p.z > 22 * 22 }
    let angles = far.map { Double(atan2($0.z, $0.y)) * 180 / .pi }.sorted()
    var groups: [[Double]] = []
    for angle in angles {
      if let last = groups.last?.last, angle - last < 10 {
        groups[groups.count - 1].append(angle)
      } else {
        groups.append([angle])
      }
    }
    if groups.count > 1, groups[0][0] + 360 - groups.last!.last! < 10 {
      groups[0] = groups.removeLast().map { $0 - 360 } + groups[0]
    }
    return groups.map { $0.reduce(0, +) / Double($0.count) }
  }

  @Test("Tabs lie on the bone, evenly around the rim, a screw hole in each", arguments: [3, 6])
  func lieOnTheBone(count: Int) throws {
    let (implant, bone) = DesignTests.hole(DesignTests.grid(spacing: 0.6))
    let design = try ImplantDesign(
      of: implant, in: bone, by: PartDesign(tabs: FixationTabs(count: count)))
    let (mesh, report) = DesignTests.report(design, in: bone)
    #expect(report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence))")
    #expect(design.parts[0].figures.tabs == count && design.parts[0].figures.pieces == 1)
    #expect(MeshCheck(mesh).eulerNumber == 2 - 2 * count)
    let angles = Self.angles(mesh)
    #expect(angles.count == count)
    for (a, b) in zip(angles, angles.dropFirst()) {
      #expect(abs(b - a - 360 / Double(count)) < 8, "\(angles)")
    }
    // A gap of 0.3 mm on a ball of 65 mm and up to half a voxel, and 1.5 mm above it.
    let points: [SIMD3<Double>] = mesh.vertices.map { SIMD3<Double>($0) }
    let beside = points.filter { p in p.y * p.y + p.z * p.z > 17 * 17 }
    let heights = beside.map(\.length)
    #expect(abs((heights.max() ?? 0) - 67.1) < 0.35 && abs((heights.min() ?? 0) - 65.55) < 0.3)
  }

  @Test func tabsKeepAwayFromWhereBoneOrTheWayForbidsThem() throws {
    let (implant, whole) = DesignTests.hole(DesignTests.grid(spacing: 0.6))
    // No bone at all on one side, a wall across the way on the other.
    let bone = DesignTests.mask(whole.geometry) { p in
      let isHole = (p.y * p.y + p.z * p.z).squareRoot() < 15
      let isShell = (60.0...65).contains(p.length) && !isHole && p.z > -10
      return isShell || ((60.0...72).contains(p.length) && p.z > 17)
    }
    let design = try ImplantDesign(
      of: implant, in: bone, by: PartDesign(tabs: FixationTabs(count: 6)))
    let (mesh, report) = DesignTests.report(design, in: bone)
    let angles = Self.angles(mesh)
    #expect(report.passes, "\(report.checks.filter { !$0.passes }.map(\.sentence))")
    #expect((2..<6).contains(design.parts[0].figures.tabs))
    #expect(angles.count == design.parts[0].figures.tabs)
    for angle in angles {
      #expect(sin(angle * .pi / 180) > -0.5 && sin(angle * .pi / 180) < 0.66, "\(angles)")
    }
  }

  @Test func whereNoBoneIsNoTabsAreMade() throws {
    let (implant, bone) = DesignTests.hole(DesignTests.grid(spacing: 0.8))
    let design = try ImplantDesign(
      of: implant, in: Mask(emptyOn: bone.geometry),
      by: PartDesign(tabs: FixationTabs(count: 6)))
    #expect(design.parts[0].figures.tabs == 0 && design.parts[0].figures.tunnels == 0)
  }
}
