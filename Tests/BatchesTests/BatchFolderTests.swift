@testable import Batches
import MeshIO
import Meshes
import Pipelines
import Stages
import Testing

/// Where a batch puts the files of its pipeline.
@Suite struct BatchFolderTests {
  private static let text = """
    version: 1
    stages:
      skull:   {stage: load, of: $case}
      implant: {stage: bone, of: skull}
      ball:    {stage: mesh, of: implant}
    outputs: {implant.nrrd: implant, implant.nii.gz: implant, implant.toy: ball, ball.stl: ball}
    """

  @Test func surfacesOfEveryFormatLieInMeshFolders() throws {
    let toy = MeshFormat(
      name: "toy", endings: [".toy"], encode: { _, _, _ in },
      decode: { _ in MeshDocument(TriangleMesh()) })
    let pipeline = try Pipeline(
      PipelineFile(yaml: Array(Self.text.utf8), path: "p.yaml"),
      registries: Registries(meshFormats: MeshFormats(MeshFormats.standard.all + [toy])))
    let outputs = try BatchPipeline(pipeline, scores: false).outputs
    #expect(outputs.map(\.folder) == ["implant", "implant", "mesh", "ball-mesh"])
    #expect(outputs.map(\.ending) == [nil, ".nii.gz", ".toy", ".stl"])
  }
}
