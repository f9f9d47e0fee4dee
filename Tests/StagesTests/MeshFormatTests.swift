import Meshes
import MeshIO
import Dataflow
import Stages
import Testing

/// Which endings are for surfaces.
@Suite struct MeshFormatTests {
  static let formats = MeshFormats(
    MeshFormats.standard.all + [
      MeshFormat(
        name: "toy", endings: [".toy"], encode: { _, _, _ in },
        decode: { _ in MeshDocument(TriangleMesh()) })
    ])

  @Test func anEndingThatNoFormatHasIsRefused() {
    #expect(OutputFormat.extensions(for: TriangleMesh.self) == ["stl", "3mf", "ply", "obj"])
    #expect(
      OutputFormat.extensions(for: TriangleMesh.self, meshes: Self.formats) == [
        "stl", "3mf", "ply", "obj", "toy",
      ])
    #expect(OutputFormat.writer(for: TriangleMesh.self, fileName: "a.toy") == nil)
    #expect(OutputFormat.writer(for: TriangleMesh.self, fileName: ".stl") == nil)
    #expect(OutputFormat.writer(for: TriangleMesh.self, fileName: "A.STL") != nil)
    #expect(MeshFormats.standard.format(of: "a.stl")?.name == "stl")
  }
}
