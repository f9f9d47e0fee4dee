public import Meshes

extension HostRing {
  /// The surfaces as one mesh in LPS mm, and what the gate finds of it; parameters as those of ``ImplantDesign``.
  public func checkedSurface(
    triangles: Int, within tolerance: Double, threads: Int = 1
  ) -> (mesh: TriangleMesh, report: GateReport) {
    guard !fields.isEmpty else { return (TriangleMesh(), GateReport([])) }
    let meshes = fields.map {
      TriangleMesh(surfaceOf: $0, threads: threads)
        .decimated(to: triangles / fields.count, within: tolerance, threads: threads).mesh
    }
    let mesh = meshes.count == 1 ? meshes[0] : TriangleMesh(joining: meshes)
    return (mesh, Gate(wall: HostRing.wall, tunnels: tunnels).report(on: mesh, threads: threads))
  }
}
