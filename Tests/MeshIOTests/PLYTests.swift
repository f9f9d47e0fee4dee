import Errors
import Meshes
import Testing
import Volumes

@testable import MeshIO

@Suite struct PLYTests {
  static func read(_ text: String) throws -> MeshDocument {
    try RoundTripTests.read(Array(text.utf8), .ply)
  }

  static let head = "ply\nformat ascii 1.0\n"
  static let points = "element vertex 4\nproperty float x\nproperty double y\nproperty float32 z\n"
  static let faces = "element face 1\nproperty list uchar int vertex_index\nend_header\n"
  static let values = "0 0 0\n1 0 0\n1 1 0\n0 1 0\n"

  @Test func otherElementsAndPropertiesAreSkippedAndQuadsBecomeTriangles() throws {
    let text =
      Self.head + "comment made by hand SPACE=RAS\nelement camera 2\nproperty float a\n"
      + "property list uchar float b\n" + Self.points
      + "property uchar red\nelement face 1\nproperty uchar flags\n"
      + "property list uchar int vertex_indices\nproperty list uint8 float texture\nend_header\n"
      + "1 2 0.5 0.5\n1 0\n0 0 0 255\n1 0 0 255\n1 1 0 255\n0 1 0 255\n7 4 0 1 2 3 2 .5 .5\n"
    let document = try Self.read(text)
    #expect(document.space == .rightAnteriorSuperior)
    #expect(document.mesh.triangles == [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
    #expect(document.mesh.vertices[2] == SIMD3(-1, -1, 0))
  }

  @Test func aBinaryFileByteByByte() throws {
    let mesh = TriangleMesh(
      vertices: [SIMD3(0, 0, 0), SIMD3(2, 0, 0), SIMD3(0, 3, 0)], triangles: [SIMD3(0, 1, 2)])
    let little = try RoundTripTests.bytes(MeshDocument(mesh), .ply)
    let big = try RoundTripTests.bytes(
      MeshDocument(mesh), .ply, MeshWriteOptions(form: .binaryBigEndian))
    #expect(Array(little.suffix(13)) == [3, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0])
    #expect(Array(big.suffix(13)) == [3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2])
    // x of the second vertex: 2.
    #expect(Array(big[(big.count - 37)...].prefix(4)) == [0x40, 0, 0, 0])
  }

  static let body = head + points + faces + values
  static let list = "element face 0\nproperty list uchar int vertex_index\nend_header\n"
  static let mistaken: [(String, Diagnostic.Code)] = [
    ("", .malformed), ("plx\n", .malformed), ("ply\n", .truncated),
    ("ply\nelement vertex 1\nend_header\n", .missingField),
    ("ply\nformat ascii 2.0\nend_header\n", .malformed),
    ("\(head)end_header\n", .missingField),
    ("\(head)property float x\nend_header\n", .malformed),
    ("\(head)element vertex -1\n", .malformed),
    ("\(head)element vertex 99999999999999999999\n", .malformed),
    (body, .truncated),
    ("\(body)2 0 1\n", .malformed),
    ("\(body)3 0 1 4\n", .malformed),
    ("\(body)3 0 1 -1\n", .malformed),
    ("\(body)4000000000 0 1 2\n", .malformed),
    ("\(head)\(points)\(faces)nan 0 0\n1 0 0\n1 1 0\n0 1 0\n3 0 1 2\n", .malformed),
    ("\(head)element vertex 1\nproperty float x\n\(list)1\n", .missingField),
    (body.replacing("uchar int", with: "uchar float") + "3 0 1 2\n", .missingField),
  ]

  @Test("Mistakes end in a diagnostic of their kind", arguments: mistaken)
  func mistakes(_ text: String, code: Diagnostic.Code) {
    let error = #expect(throws: Diagnostic.self) { try Self.read(text) }
    #expect(error?.code == code, "\(error.map { "\($0)" } ?? "")")
  }

  @Test("Counts that the bytes contradict take neither memory nor time")
  func hugeCounts() {
    for storage in ["ascii", "binary_little_endian"] {
      for element in ["vertex", "junk", "face"] {
        let text =
          "ply\nformat \(storage) 1.0\nelement \(element) 9000000000000000000\nproperty float x\n"
          + "property float y\nproperty float z\nelement none 9000000000000000000\nend_header\n12"
        #expect(throws: Diagnostic.self) { try Self.read(text) }
      }
    }
  }
}
