public import Meshes
import Volumes

extension ImplantDesign {
  /// To which part each triangle of a surface of the parts belongs, by its number in ``parts``: whole shells, by the part
  /// whose surface their vertices lie on.
  ///
  /// - Complexity: O(parts × vertices).
  public func owners(of mesh: TriangleMesh) -> [Int] {
    guard parts.count > 1 else { return [Int](repeating: 0, count: mesh.triangles.count) }
    let shells = mesh.shellOfTriangles
    // Of every vertex its shell.
    var shellOfVertex = [Int](repeating: -1, count: mesh.vertices.count)
    for (t, shell) in zip(mesh.triangles, shells) {
      for corner in 0..<3 { shellOfVertex[Int(t[corner])] = shell }
    }
    let count = (shells.max() ?? -1) + 1
    var (owner, least) = (
      [Int](repeating: 0, count: count), [Double](repeating: .infinity, count: count)
    )
    for (number, part) in parts.enumerated() {
      guard let indexFromLPS = part.field.geometry.indexFromLPS else { continue }
      var sums = [Double](repeating: 0, count: count)
      part.field.withField { field in
        for (vertex, shell) in zip(mesh.vertices, shellOfVertex) where shell >= 0 {
          let p = SIMD3<Float>(indexFromLPS * SIMD3<Double>(vertex))
          sums[shell] +=
            field.contains(p.x, p.y, p.z)
            ? Double(min(Self.far, abs(field.value(p.x, p.y, p.z)))) : Double(Self.far)
        }
      }
      for shell in 0..<count where sums[shell] < least[shell] {
        (owner[shell], least[shell]) = (number, sums[shell])
      }
    }
    return shells.map { owner[$0] }
  }

  /// From here on a vertex does not lie on a surface, in mm.
  private static let far: Float = 5
}
