public import Meshes
public import Volumes

/// The gate that a part passes before it is made: what its surface must be, and how it lies to the bone.
///
/// Everything is measured of the mesh as it is in its file; the only thing that is done to it is that
/// vertices at one place are made one where it is open without that, as slicers do.
public struct Gate: Hashable, Sendable {
  /// What the printer can make; nil: any.
  public var printer: PrinterProfile?
  /// The thinnest wall in mm; nil: the printer's, or any.
  public var wall: Double?
  /// The gap to the bone in mm that was designed.
  public var clearance: Double
  /// The most tunnels through the part; nil: any.
  public var tunnels: Int?
  /// The ways out of the parts that they were designed for, in LPS; empty: they are looked for.
  public var ways: [SIMD3<Double>] = []
  /// Points on the surface at which thickness and gap are measured; each stands for the same area.
  public var samples: Int

  /// A gate; unless said otherwise, a part may have no tunnel.
  public init(
    printer: PrinterProfile? = nil, wall: Double? = nil, clearance: Double = 0, tunnels: Int? = 0,
    samples: Int = 50_000
  ) {
    (self.printer, self.wall, self.clearance) = (printer, wall, clearance)
    (self.tunnels, self.samples) = (tunnels, samples)
  }

  /// What a part is found to be.
  ///
  /// - Parameter bone: what it is put into, on the grid of the scan; nil: only the part is looked at.
  /// - Complexity: O(n log n) in the triangles, about 250 bytes each; for the bone, the part of its grid
  ///   around the part. The same report at any thread count.
  public func report(
    on mesh: TriangleMesh, against bone: Mask? = nil, threads: Int = 1
  ) -> GateReport {
    var (mesh, topology) = (mesh, MeshCheck(mesh))
    var joined = 0
    if topology.boundaryEdges > 0 {
      let welded = mesh.welded
      let check = MeshCheck(welded)
      if check.boundaryEdges < topology.boundaryEdges {
        joined = mesh.vertices.count - welded.vertices.count
        (mesh, topology) = (welded, check)
      }
    }
    var checks = topologyChecks(topology, joined: joined)
    guard topology.nonFiniteVertices == 0, topology.triangles > 0 else {
      return GateReport(checks)
    }
    let tree = TriangleTree(mesh, threads: threads)
    let intersections = SelfIntersections(of: mesh, in: tree, threads: threads)
    checks += intersectionChecks(intersections)
    checks += sizeChecks(mesh)
    guard topology.isClosed else { return GateReport(checks) }
    let isCrossed = !intersections.isComplete || intersections.crossings > 0
    let shells = MeshParts(of: mesh, in: tree)
    checks += shellChecks(shells, topology, isCrossed: isCrossed)
    let samples = mesh.samples(count: samples)
    checks += thicknessChecks(mesh.thickness(samples: samples, in: tree, threads: threads))
    if let bone {
      let fit = BoneFit(
        of: mesh, samples, shells: shells, to: bone, clearance: clearance, ways: ways,
        threads: threads)
      checks += fit.checks(clearance: clearance)
    }
    return GateReport(checks)
  }

  private func topologyChecks(_ found: MeshCheck, joined: Int) -> [PartCheck] {
    [
      PartCheck("triangles", Double(found.triangles), limit: .atLeast(1)),
      PartCheck(
        "watertight", found.isClosed && found.triangles > 0 ? 1 : 0, limit: .exactly(1),
        remark: joined > 0 ? "with \(joined) vertices at the places of others made one" : ""),
      .none("openEdges", found.boundaryEdges),
      .none("nonManifoldEdges", found.nonManifoldEdges),
      .none("nonManifoldVertices", found.nonManifoldVertices),
      .none("inconsistentEdges", found.inconsistentEdges),
      .none("degenerateTriangles", found.degenerateTriangles),
      .none("duplicateTriangles", found.duplicateTriangles),
      .none("nonFiniteVertices", found.nonFiniteVertices),
    ]
  }

  private func intersectionChecks(_ found: SelfIntersections) -> [PartCheck] {
    [
      PartCheck(
        "selfIntersections", found.isComplete ? Double(found.crossings) : nil, limit: .atMost(0),
        remark: found.isComplete
          ? found.example.map { "triangles \($0.x) and \($0.y) cross" } ?? ""
          : "too many triangles lie in each other's boxes to tell"),
      PartCheck("touches", found.isComplete ? Double(found.touches) : nil),
    ]
  }

  private func sizeChecks(_ mesh: TriangleMesh) -> [PartCheck] {
    var checks = [PartCheck("area", mesh.area, unit: "mm²")]
    guard let box = mesh.boundingBox else { return checks }
    let extent = SIMD3<Double>(box.highest) - SIMD3<Double>(box.lowest)
    for (axis, name) in ["extentX", "extentY", "extentZ"].enumerated() {
      checks.append(PartCheck(name, extent[axis], unit: "mm"))
    }
    if let printer {
      let part = [extent.x, extent.y, extent.z].sorted()
      let plate = [printer.plate.x, printer.plate.y, printer.plate.z].sorted()
      let use = zip(part, plate).map { $0 / $1 }.max() ?? 0
      checks.append(
        PartCheck(
          "plateUse", use * 100, unit: "%", limit: .atMost(100),
          remark: "of what \(printer.name) can make, along the axis with least room"))
    }
    return checks
  }

  private func shellChecks(
    _ found: MeshParts, _ topology: MeshCheck, isCrossed: Bool
  ) -> [PartCheck] {
    let volume = found.shells.reduce(0) { $0 + $1.volume }
    let cavities = printer.map { $0.allowsCavities ? nil : PartCheck.Limit.atMost(0) } ?? nil
    return [
      PartCheck("volume", volume, unit: "mm³", limit: .atLeast(.leastNonzeroMagnitude)),
      PartCheck("parts", Double(found.outerCount)),
      PartCheck(
        "cavities", Double(found.cavityCount), limit: cavities,
        remark: found.knowsDepths ? "" : "not looked for among so many shells"),
      // Of shells that cross, none lies in another or beside it.
      isCrossed
        ? PartCheck("turnedShells", nil, remark: "cannot be told where the surface crosses itself")
        : .none("turnedShells", found.turnedCount),
      PartCheck(
        "tunnels", topology.genus.map(Double.init), limit: tunnels.map { .atMost(Double($0)) },
        remark: eulerRemark(topology, shells: found.shells.count)),
    ]
  }

  /// The Euler number, with the one that was expected where there are tunnels too many.
  private func eulerRemark(_ found: MeshCheck, shells: Int) -> String {
    let told = "Euler number \(found.eulerNumber)"
    guard let tunnels, let genus = found.genus, genus > tunnels else { return told }
    return told + ", expected \(2 * (shells - tunnels))"
  }

  private func thicknessChecks(_ found: Distribution) -> [PartCheck] {
    let least = wall ?? printer?.wall
    var checks = [
      PartCheck(
        "wall", found.quantile(0.01), unit: "mm", limit: least.map { .atLeast($0) },
        remark: "99 % of the surface has at least that much behind it, straight inward"),
      PartCheck("thicknessLeast", found.least, unit: "mm"),
      PartCheck("thicknessP05", found.quantile(0.05), unit: "mm"),
      PartCheck("thicknessMedian", found.quantile(0.5), unit: "mm"),
      PartCheck("thicknessP95", found.quantile(0.95), unit: "mm"),
      PartCheck("thicknessMost", found.most, unit: "mm"),
    ]
    if let least {
      checks.append(
        PartCheck(
          "thinSurface", found.share(below: least) * 100, unit: "%",
          remark: "thinner than \(least) mm"))
    }
    return checks
  }
}
