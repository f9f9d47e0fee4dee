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

/// What a batch scores: what the pipeline file names, and nothing else.
@Suite struct ScoredStagesTests {
  /// A mask that is written as `implant`, beside the bone of the case, says nothing of what is to be scored.
  @Test func scoresNothingThatTheFileDoesNotName() throws {
    let text = """
      version: 1
      stages:
        skull: {stage: load, of: $case}
        bone:  {stage: bone, of: skull}
        plate: {stage: subtract, minuend: bone, subtrahend: bone}
      outputs: {implant.nrrd: plate}

      """
    func batch(_ text: String) throws -> BatchPipeline {
      try BatchPipeline(
        Pipeline(PipelineFile(yaml: Array(text.utf8), path: "p.yaml")), scores: true)
    }
    let silent = try batch(text)
    #expect(silent.score == nil && silent.prediction == nil)
    #expect(
      silent.warnings == [
        "nothing is scored: `score` does not say which mask against which; write "
          + "`score: {of: …, against: …}` with two of bone, plate"
      ])
    let named = try batch(text + "score: {of: bone, against: plate}")
    let nodes = named.graph.nodes
    let inputs = nodes[try #require(named.score)].inputs.map { nodes[$0.index].name }
    #expect(inputs.prefix(2) == ["bone", "plate"])
    #expect(named.warnings.isEmpty)
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
