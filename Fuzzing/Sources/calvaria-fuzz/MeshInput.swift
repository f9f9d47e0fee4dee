import MeshIO
import Meshes

/// Mesh files: read, written in every format and form, read again.
enum MeshInput {
  static func take(_ bytes: UnsafeRawBufferPointer, _ format: MeshFormat) throws {
    let document = try format.decode(bytes)
    let held = document.parts.reduce(0) {
      $0 + 16 * ($1.mesh.vertices.count + $1.mesh.triangles.count)
    }
    // Of a package, a hundred times its bytes are read, and each triangle is used 64 times at most.
    guard held <= 640_000 * bytes.count + 1 << 20 else {
      fatalError("\(bytes.count) bytes became \(held)")
    }
    for part in document.parts {
      for t in part.mesh.triangles where Int(t.max()) >= part.mesh.vertices.count {
        fatalError("a corner names no vertex")
      }
      for v in part.mesh.vertices where !(v - v == .zero) { fatalError("a vertex is not finite") }
    }
    guard document.triangleCount < 20_000 else { return }
    for form in format.forms.isEmpty ? [.binary] : Array(format.forms) {
      var written: [UInt8] = []
      try format.encode(document, MeshWriteOptions(form: form)) { written.append(contentsOf: $0) }
      let again: MeshDocument
      do { again = try written.withUnsafeBytes { try format.decode($0) } } catch {
        // A text without a vertex is no OBJ.
        guard document.triangleCount == 0 else {
          fatalError("what was written cannot be read: \(error)")
        }
        continue
      }
      guard again.triangleCount == document.triangleCount else {
        fatalError("what was written reads back as something else")
      }
    }
    let mesh = document.mesh
    guard mesh.triangles.count < 2000 else { return }
    _ = MeshCheck(mesh)
    _ = MeshParts(of: mesh)
    _ = SelfIntersections(of: mesh)
    _ = mesh.thickness(samples: 100)
  }
}
