import Accounts
import Dataflow
import Evaluation
import Foundation
import Pipelines
import Stages
import TestSupport
import Testing
import VolumeIO
import Volumes

@testable import Batches

/// What a batch scores, and what it says where the pipeline file leaves that open.
@Suite struct ScoredStagesTests {
  /// The skull that is scored against: its stage and the threshold.
  private static func skull(_ pipeline: BatchPipeline) throws -> (name: String, threshold: Double) {
    let nodes = pipeline.graph.nodes
    let node = nodes[nodes[try #require(pipeline.score)].inputs[1].index]
    guard case .stage(let stage) = node.role,
      case .number(let threshold)? = stage.parameters["threshold"]
    else { return (node.name, 0) }
    #expect(stage.parameters["pieces"] == .text("main"))
    return (node.name, threshold)
  }

  @Test(arguments: [
    (
      "bone: {stage: bone, of: skull, threshold: 300}", 300.0,
      "against stage bone; write `score: {of: plate, against: bone}`"
    ),
    (
      "bone: {stage: bone, of: skull, threshold: 300, pieces: all}", 300,
      "against the largest piece of bone from threshold 300.0; write `score: {of: plate,"
    ),
    (
      "bone: {stage: bone, of: skull, threshold: 300}\n  low: {stage: bone, of: skull, threshold: 9}",
      226, "against the largest piece of bone from threshold 226.0; write `score: {of: plate,"
    ),
    (
      "bone: {stage: binarize, of: skull, threshold: 300}", 226,
      "against the largest piece of bone from threshold 226.0; write `score: {of: plate,"
    ),
  ])
  func saysWhatItTakes(bones: String, threshold: Double, sentence: String) throws {
    // `low` is needed by no output, unless `--keep` asks for it.
    var options = Pipeline.Options()
    options.keepsIntermediates = bones.contains("low")
    let file = try PipelineFile(
      yaml: Array(
        """
        version: 1
        stages:
          skull: {stage: load, of: $case}
          \(bones)
          plate: {stage: subtract, minuend: bone, subtrahend: bone}
        outputs: {implant.nrrd: plate}
        """.utf8), path: "p.yaml")
    let pipeline = try BatchPipeline(Pipeline(file, options: options), scores: true)
    #expect(try Self.skull(pipeline).threshold == threshold)
    #expect(
      pipeline.warnings.count == 1 && pipeline.warnings[0].contains(sentence),
      "\(pipeline.warnings)")
    #expect(pipeline.warnings[0].contains("stage plate is scored against"))
  }

  /// The table's files are those of the stage that is scored, whatever else is called an implant.
  @Test func thePredictionIsTheFileOfTheScoredStage() throws {
    let tree = try FileTree(folders: ["set/defective_skull/left", "set/implant/left"])
    defer { withExtendedLifetime(tree) {} }
    let mask = Mask(on: Geometry(sizes: GridSize(8, 8, 8))) { $0[100] = 1 }
    for role in ["defective_skull", "implant"] {
      try VolumeFile.write(AnyVolume(mask.asVolume), to: "\(tree.path)/set/\(role)/left/000.nrrd")
    }
    let text = """
      version: 1
      stages:
        skull: {stage: load, of: $case}
        bone:  {stage: bone, of: skull}
        none:  {stage: subtract, minuend: bone, subtrahend: bone}
      outputs: {implant.nrrd: none, plate.nrrd: bone}
      score: {of: bone, against: bone}
      """
    let request = BatchRequest(
      dataSet: try tree.dataSet("set"),
      pipeline: try Pipeline(PipelineFile(yaml: Array(text.utf8), path: "p.yaml")),
      folder: "\(tree.path)/out", program: RunAccount.Program(version: "test", libraries: [:]))
    let batch = try BatchRun(request)
    #expect(batch.warnings.isEmpty)
    let account = try BatchWork(batch).finish()
    #expect(account.scores.rows.map(\.score?.prediction) == ["plate/left/000.nrrd"])
  }
}
