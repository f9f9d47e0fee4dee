public import Meshes

extension Mould {
  /// A half's surface in LPS mm, with no more triangles than so many where that breaks nothing, and what the gate finds
  /// of it; parameters as those of ``ImplantDesign``.
  public func checkedSurface(
    of half: Half, triangles: Int, within tolerance: Double, threads: Int = 1
  ) -> (mesh: TriangleMesh, report: GateReport) {
    let field = half == .inner ? inner : outer
    let mesh = TriangleMesh(surfaceOf: field, threads: threads)
      .decimated(to: triangles, within: tolerance, threads: threads).mesh
    let tunnels = half == .inner ? 0 : vents
    return (mesh, Gate(wall: Self.thinnest, tunnels: tunnels).report(on: mesh, threads: threads))
  }

  /// In mm.
  private static var thinnest: Double { 1 }
}
