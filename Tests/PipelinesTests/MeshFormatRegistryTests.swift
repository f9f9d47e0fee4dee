import Errors
import Foundation
import Meshes
import Pipelines
import Stages
import TestSupport
import Testing
import Volumes

/// A format of surfaces is one value and one line in the registry: an output's name asks for it.
@Suite struct MeshFormatRegistryTests {
  /// The number of triangles as text.
  static let toy = MeshFormat(
    name: "toy", endings: [".toy"],
    encode: { mesh, sink in try Array("TOY \(mesh.triangles.count)".utf8).withUnsafeBytes(sink) },
    decode: { _ in TriangleMesh() })
  static let registries = Registries(meshFormats: MeshFormats(MeshFormats.standard.all + [toy]))

  static let text = """
    version: 1
    stages:
      skull: {stage: load, of: $case}
      bone:  {stage: bone, of: skull}
      ball:  {stage: mesh, of: bone}
    outputs: {ball.toy: ball, ball.stl: ball}
    """

  @Test func aFormatThatIsRegisteredIsWritten() throws {
    let folder = try FileTree()
    let bone = Mask(on: Geometry(sizes: GridSize(16, 16, 16), spacing: SIMD3(repeating: 5))) {
      for z in 5..<11 { for y in 5..<11 { for x in 5..<11 { $0[x + 16 * (y + 16 * z)] = 1 } } }
    }
    try runOneCase(Self.text, bone, registries: Self.registries, in: folder)
    let surface = try STL.decode(
      Array(Data(contentsOf: URL(filePath: folder.path + "/out/ball.stl"))))
    #expect(!surface.isEmpty)
    #expect(
      try String(contentsOfFile: folder.path + "/out/ball.toy", encoding: .utf8)
        == "TOY \(surface.triangles.count)")
  }

  @Test func aFormatThatIsNotRegisteredIsAnError() throws {
    let file = try PipelineFile(yaml: Array(Self.text.utf8), path: "p.yaml")
    let errors = try #require(#expect(throws: Diagnostics.self) { try Pipeline(file) })
    #expect(errors.all.map(\.found) == ["ball.toy"])
    #expect(errors.all[0].expected == "a name ending in .stl for a \(TriangleMesh.kind)")
  }
}
