import Errors
import TestSupport
import Testing
import Volumes
import Meshes

@testable import MeshIO

@Suite struct STLTests {
  static let mesh = TriangleMesh(
    surfaceOf: Mask(randomOn: Geometry(sizes: GridSize(8, 7, 6)), density: 0.4, seed: 3))

  @Test("The layout of a file, byte by byte")
  func layout() throws {
    let mesh = TriangleMesh(
      vertices: [SIMD3(0, 0, 0), SIMD3(2, 0, 0), SIMD3(0, 3, 0)], triangles: [SIMD3(0, 1, 2)])
    let bytes = try STL.encode(mesh)
    #expect(bytes.count == 134)
    #expect(String(decoding: bytes[..<17], as: UTF8.self) == "SPACE=LPS UNIT=mm")
    #expect(bytes[17..<80].allSatisfy { $0 == UInt8(ascii: " ") })
    #expect(Array(bytes[80..<84]) == [1, 0, 0, 0])
    let one: [UInt8] = [0, 0, 0x80, 0x3f]
    #expect(Array(bytes[84..<96]) == [UInt8](repeating: 0, count: 8) + one)  // normal (0, 0, 1)
    #expect(Array(bytes[108..<112]) == [0, 0, 0, 0x40])  // x of the second corner: 2
    #expect(Array(bytes[124..<128]) == [0, 0, 0x40, 0x40])  // y of the third: 3
    #expect(Array(bytes[132...]) == [0, 0])
  }

  @Test("Writing and reading gives the same surface")
  func roundTrip() throws {
    let read = try STL.decode(STL.encode(Self.mesh))
    #expect(read.triangles.count == Self.mesh.triangles.count)
    #expect(read.vertices.count == Self.mesh.vertices.count)
    for (a, b) in zip(read.triangles, Self.mesh.triangles) {
      for place in 0..<3 {
        #expect(read.vertices[Int(a[place])] == Self.mesh.vertices[Int(b[place])])
      }
    }
    #expect(MeshCheck(read).isWatertight)
  }

  @Test("A large mesh leaves in blocks that join to the same bytes")
  func blocks() throws {
    let mesh = TriangleMesh(
      surfaceOf: Mask(randomOn: Geometry(sizes: GridSize(20, 20, 20)), density: 0.5, seed: 1))
    var blocks: [Int] = []
    try STL.encode(MeshDocument(mesh), MeshWriteOptions()) { blocks.append($0.count) }
    #expect(blocks.count > 3)
    #expect(blocks.reduce(0, +) == STL.byteCount(triangles: mesh.triangles.count))
    #expect(try STL.encode(mesh).count == blocks.reduce(0, +))
  }

  @Test("An empty mesh is a file without triangles")
  func empty() throws {
    #expect(try STL.decode(STL.encode(TriangleMesh())) == TriangleMesh())
  }

  @Test("Files cut anywhere are refused", arguments: [0, 5, 79, 83, 84, 133, 134, -1])
  func truncated(_ count: Int) throws {
    let bytes = try STL.encode(Self.mesh)
    let cut = Array(bytes[..<(count < 0 ? bytes.count + count : count)])
    let error = #expect(throws: Diagnostic.self) { try STL.decode(cut) }
    #expect(error?.code == .truncated)
  }

  @Test("A count that the bytes contradict takes no memory and names both numbers")
  func hugeCount() throws {
    var bytes = try STL.encode(Self.mesh)
    for i in 80..<84 { bytes[i] = 0xff }
    let error = #expect(throws: Diagnostic.self) { try STL.decode(bytes) }
    #expect(error?.field == "triangle count")
    #expect(error?.description.contains("4294967295") == true)
  }

  @Test("Text that ends early and coordinates that are not finite are refused")
  func refused() throws {
    let text = #expect(throws: Diagnostic.self) { try STL.decode([UInt8]("solid a".utf8)) }
    #expect(text?.code == .truncated)
    var bytes = try STL.encode(Self.mesh)
    for i in 96..<100 { bytes[i] = 0xff }
    let nan = #expect(throws: Diagnostic.self) { try STL.decode(bytes) }
    #expect(nan?.code == .malformed)
  }

  @Test("A binary file whose header begins with solid is told by its size")
  func solidHeader() throws {
    var bytes = try STL.encode(Self.mesh)
    bytes.replaceSubrange(0..<7, with: Array("solid x".utf8))
    #expect(try STL.decode(bytes).triangles.count == Self.mesh.triangles.count)
  }

  @Test(
    "Text of other writers: capitals, exponents, any line breaks, several solids, normals of nan")
  func text() throws {
    let text = """
      solid first thing SPACE=RAS
       facet normal nan nan nan outer loop
          vertex 0 0 0\r
          vertex 1e1 0 0 vertex 0 +2.5E-1 0
        endloop endfacet
      endsolid first thing
      SOLID
      FACET NORMAL 0 0 1 OUTER LOOP VERTEX 0 0 0 VERTEX 1 0 0 VERTEX 0 1 .5 ENDLOOP ENDFACET
      ENDSOLID
      """
    let document = try Array(text.utf8).withUnsafeBytes { try STL.decode($0) }
    #expect(document.parts.map(\.name) == ["first thing", ""])
    #expect(document.space == .rightAnteriorSuperior)
    #expect(
      document.parts[0].mesh.vertices == [SIMD3(0, 0, 0), SIMD3(-10, 0, 0), SIMD3(0, -0.25, 0)])
    #expect(document.parts[1].mesh.triangles == [SIMD3(0, 1, 2)])
  }

  @Test(
    "Text with a mistake names the line",
    arguments: [
      ("solid\nfacet normal 0 0 0\nouter loop\nvertex 0 0 inf", 4),
      ("solid\nfacet normal 0 0 0\nouter loop\nvertex 0 0 0x10", 4),
      ("solid\nfoo", 2), ("solid\nendsolid\nrest", 3),
    ])
  func textMistakes(_ text: String, line: Int) {
    let error = #expect(throws: Diagnostic.self) { try STL.decode(Array(text.utf8)) }
    #expect(error?.place?.line == line)
    #expect(error?.code == .malformed)
  }

  @Test("Random bytes never crash the reader")
  func fuzz() {
    var random = SplitMix(state: 9)
    for _ in 0..<2000 {
      var bytes = (0..<Int.random(in: 0..<300, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      if bytes.count > 84 { bytes[80] = UInt8((bytes.count - 84) / 50) }
      if bytes.count > 84 { for i in 81..<84 { bytes[i] = 0 } }
      _ = try? STL.decode(bytes)
    }
  }
}
