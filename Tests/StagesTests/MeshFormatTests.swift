import TestSupport
import Foundation
import Meshes
import Dataflow
import Stages
import Testing
import Volumes

/// A format of surfaces that the program does not know: one value in a list is all it takes.
@Suite struct MeshFormatTests {
  /// The number of triangles as text.
  static let toy = MeshFormat(
    name: "toy", endings: [".toy"],
    encode: { mesh, sink in try Array("TOY \(mesh.triangles.count)".utf8).withUnsafeBytes(sink) },
    decode: { _ in TriangleMesh() })
  static let formats = MeshFormats(MeshFormats.standard.all + [toy])

  @Test func aToyFormatIsWrittenByAGraph() throws {
    let folder = TemporaryFolder()
    let ball = StageRunTests.ball(radius: 6)
    var graph = StageGraph()
    let bone = graph.source("bone", of: Mask.self)
    let place = graph.source("folder", of: OutputFolder.self)
    let surface = graph.add(MeshSurface(smoothing: 0), to: bone)
    for name in ["ball.toy", "ball.stl"] {
      let writer = try #require(
        OutputFormat.writer(for: TriangleMesh.self, fileName: name, meshes: Self.formats))
      let node = try graph.add(erased: writer, named: name, to: [surface.node, place.node])
      graph.keep(node: node, as: name)
    }
    let batch = try Scheduler(limits: Limits(width: 1, memoryBytes: 1 << 28))
      .start(
        [Case("ball", (bone, ball), (place, OutputFolder(path: folder.path)))], through: graph
      ) { _ in }
    #expect(batch.wait().completed == 1)
    let count = TriangleMesh.triangleCount(ofSurfaceOf: ball)
    #expect(
      try String(contentsOfFile: "\(folder.path)/ball.toy", encoding: .utf8) == "TOY \(count)")
    let written = try [UInt8](Data(contentsOf: URL(filePath: "\(folder.path)/ball.stl")))
    #expect(try STL.decode(written).triangles.count == count)
  }

  @Test func anEndingThatNoFormatHasIsRefused() {
    #expect(OutputFormat.extensions(for: TriangleMesh.self) == ["stl"])
    #expect(
      OutputFormat.extensions(for: TriangleMesh.self, meshes: Self.formats) == ["stl", "toy"])
    #expect(OutputFormat.writer(for: TriangleMesh.self, fileName: "a.toy") == nil)
    #expect(OutputFormat.writer(for: TriangleMesh.self, fileName: ".stl") == nil)
    #expect(OutputFormat.writer(for: TriangleMesh.self, fileName: "A.STL") != nil)
    #expect(MeshFormats.standard.format(of: "a.stl")?.name == "stl")
  }
}
