public import Meshes

extension ImplantDesign {
  /// The surfaces of the parts as one mesh of a family, in LPS mm.
  ///
  /// - Parameters:
  ///   - triangles: the budget of all parts.
  ///   - deviation: how far the surface may move for it, in mm; 0: nothing is reduced.
  /// - Returns: the mesh, and how far it was moved in mm.
  public func surface(
    of family: SurfaceFamily, triangles: Int, within deviation: Double, threads: Int = 1
  ) -> (mesh: TriangleMesh, deviation: Double) {
    guard family != .cubes else {
      return surface(triangles: triangles, within: deviation, threads: threads)
    }
    var (meshes, largest): ([TriangleMesh], Double) = ([], 0)
    let all = parts.reduce(0) { $0 + $1.figures.part }
    for part in parts {
      let mesh = TriangleMesh(surfaceOf: part.field, family: family, threads: threads)
      let share = Int(Double(triangles) * part.figures.part / all)
      let reduced = mesh.decimated(to: share, within: deviation, threads: threads)
      meshes.append(reduced.mesh)
      largest = max(largest, reduced.deviation)
    }
    return (meshes.count == 1 ? meshes[0] : TriangleMesh(joining: meshes), largest)
  }
}
