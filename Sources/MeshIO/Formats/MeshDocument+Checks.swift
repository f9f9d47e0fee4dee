import Errors
import Meshes

extension MeshDocument {
  /// The document, unless a change of unit or a transform has made a coordinate infinite.
  func requiringFinite() throws(Diagnostic) -> MeshDocument {
    for part in parts {
      for vertex in part.mesh.vertices where !(vertex - vertex == .zero) {
        throw Diagnostic(
          .malformed, field: "coordinates", expected: "finite coordinates",
          found: "\(vertex.x) \(vertex.y) \(vertex.z)", remedy: "export the mesh again")
      }
    }
    return self
  }

  /// Whether another document has the same triangles in the same order, corner by corner, whatever
  /// parts and vertices they are in.
  func hasTriangles(of other: MeshDocument) -> Bool {
    guard triangleCount == other.triangleCount else { return false }
    let (a, b) = (mesh, other.mesh)
    for t in a.triangles.indices {
      for corner in 0..<3
      where a.vertices[Int(a.triangles[t][corner])] != b.vertices[Int(b.triangles[t][corner])] {
        return false
      }
    }
    return true
  }
}
