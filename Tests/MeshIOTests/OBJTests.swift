import Errors
import Meshes
import Testing
import Volumes

@testable import MeshIO

@Suite struct OBJTests {
  static func read(_ text: String) throws -> MeshDocument {
    try RoundTripTests.read(Array(text.utf8), .obj)
  }

  @Test func facesOfOtherWritersAreRead() throws {
    let document = try Self.read(
      """
      # SPACE=LPS UNIT=cm
      mtllib a.mtl
      v 0 0 0 0.5 0.5 0.5\r
      v 1 0 0
      vn 0 0 1
      vt 0 0
      v 1 1 0
      v 0 1 0
      o first
      usemtl none
      f 1/1/1 2/1/1 3/1/1 4/1/1
      o second
      s off
      f -1//1 -3//1 -2//1 # the last four
      """)
    #expect(document.parts.map(\.name) == ["first", "second"])
    #expect(document.parts[0].mesh.triangles == [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
    #expect(
      document.parts[1].mesh
        == TriangleMesh(
          vertices: [SIMD3(0, 10, 0), SIMD3(10, 0, 0), SIMD3(10, 10, 0)],
          triangles: [SIMD3(0, 1, 2)]))
    #expect(document.space == .leftPosteriorSuperior)
  }

  static let mistaken: [(String, Int?)] = [
    ("v 0 0 0\nf 1 1 2", 2), ("v 0 0 0\nv 0 0\n", 2), ("v 0 0 0\nv 0 0 nan\n", 2),
    ("v 0 0 0\nf 1 1", 2), ("v 0 0 0\nf 0 1 1", 2), ("v 0 0 0\nf -2 1 1", 2),
    ("v 0 0 0\nf 1 a 1", 2),
    ("\u{80}\u{81}", 1), ("solid-x\n", 1), ("# UNIT=furlong\nv 0 0 0", nil),
    ("# SPACE=LAS\nv 0 0 0", nil), ("", nil),
  ]

  @Test("Mistakes name the line", arguments: mistaken)
  func mistakes(_ text: String, line: Int?) {
    let error = #expect(throws: Diagnostic.self) { try Self.read(text) }
    #expect(error?.place?.line == line)
  }
}
