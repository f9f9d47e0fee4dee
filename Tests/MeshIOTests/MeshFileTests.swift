import Errors
import Files
import Foundation
import Meshes
import TestSupport
import Testing
import Volumes

@testable import MeshIO

@Suite struct MeshFileTests {
  static let mesh = TriangleMesh(
    surfaceOf: Mask(randomOn: Geometry(sizes: GridSize(5, 6, 4)), density: 0.4, seed: 8))

  /// Modules below this one have the endings too.
  @Test func theEndingsOfMeshesAreThoseOfTheFormats() {
    #expect(ForeignFile.meshEndings == MeshFormats.standard.endings)
    #expect(ForeignFile.isMesh(named: "a/B.STL") && !ForeignFile.isMesh(named: "stl"))
  }

  @Test func theEndingChoosesTheFormat() throws {
    let folder = TemporaryFolder()
    for name in ["a.stl", "A.STL", "a.3mf", "a.ply", "a.obj"] {
      let path = "\(folder.path)/\(name)"
      try MeshFile.write(MeshDocument(Self.mesh), to: path)
      let (document, warnings) = try MeshFile.read(path)
      #expect(document.hasTriangles(of: MeshDocument(Self.mesh)) && warnings.isEmpty)
    }
    let error = #expect(throws: Diagnostic.self) { try MeshFile.read("a.step") }
    #expect(error?.code == .unknownFormat)
    #expect(error?.expected == "a name ending in .stl, .3mf, .ply, .obj")
  }

  @Test func aFileThatSaysNoSpaceIsTakenAsLPSWithAWarning() throws {
    let folder = TemporaryFolder()
    let path = "\(folder.path)/a.obj"
    try Data("v 1 2 3\nv 2 2 3\nv 1 3 3\nf 1 2 3\n".utf8).write(to: URL(filePath: path))
    let (document, warnings) = try MeshFile.read(path)
    #expect(document.mesh.vertices[0] == SIMD3(1, 2, 3) && warnings.count == 1)
    let assumed = try MeshFile.read(path, assumedSpace: .rightAnteriorSuperior)
    #expect(assumed.document.mesh.vertices[0] == SIMD3(-1, -2, 3) && assumed.warnings.isEmpty)
  }

  @Test func aFileThatReadsBackOtherwiseIsRemoved() throws {
    let folder = TemporaryFolder()
    let path = "\(folder.path)/a.bad"
    let bad = MeshFormat(
      name: "bad", endings: [".bad"], encode: { _, _, sink in try [1].withUnsafeBytes(sink) },
      decode: { _ in MeshDocument(TriangleMesh()) })
    let error = #expect(throws: Diagnostic.self) {
      try MeshFile.write(MeshDocument(Self.mesh), to: path, formats: MeshFormats([bad]))
    }
    #expect(error?.code == .corrupt && error?.subject == path)
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
