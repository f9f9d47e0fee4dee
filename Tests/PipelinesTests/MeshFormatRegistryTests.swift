import Errors
import Foundation
import Meshes
import MeshIO
import Pipelines
import Stages
import TestSupport
import Testing
import Volumes

/// A format of surfaces is one value and one line in the registry: an output's name asks for it.
@Suite struct MeshFormatRegistryTests {
  /// An STL behind a word.
  static let toy = MeshFormat(
    name: "toy", endings: [".toy"],
    encode: { document, options, sink in
      try Array("TOY ".utf8).withUnsafeBytes(sink)
      try MeshFormat.stl.encode(document, options, sink)
    },
    decode: { try MeshFormat.stl.decode(UnsafeRawBufferPointer(rebasing: $0.dropFirst(4))) })
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
    let toy = Array(try Data(contentsOf: URL(filePath: folder.path + "/out/ball.toy")))
    #expect(toy.starts(with: "TOY ".utf8))
    #expect(try STL.decode(Array(toy.dropFirst(4))) == surface)
  }

  @Test func aFormatThatIsNotRegisteredIsAnError() throws {
    let file = try PipelineFile(yaml: Array(Self.text.utf8), path: "p.yaml")
    let errors = try #require(#expect(throws: Diagnostics.self) { try Pipeline(file) })
    #expect(errors.all.map(\.found) == ["ball.toy"])
    #expect(
      errors.all[0].expected == "a name ending in .stl, .3mf, .ply, .obj for a \(TriangleMesh.kind)"
    )
  }
}
