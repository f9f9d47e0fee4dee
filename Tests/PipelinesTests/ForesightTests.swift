import BetaVAE
import Completion
import Errors
import Foundation
import NeuralEngine
import Pipelines
import TestSupport
import Testing

/// What every case would fail at is an error before the first one: with the code of its reason, and the
/// place in the pipeline file.
@Suite struct ForesightTests {
  private let folder: FileTree
  private let model: String

  init() throws {
    folder = try FileTree()
    model = "\(folder.path)/model.safetensors"
    let architecture = Architecture(inputShape: [16, 16, 8], channels: [4, 8], latentSize: 1)
    var made = try TrainedBetaVAE(
      architecture: architecture, parameters: architecture.initialParameters(seed: 1))
    made.classes = ["complete", "cranial"].map {
      LatentClass(name: $0, count: 1, centroid: [0], variance: [0], posteriorVariance: [0])
    }
    try made.write(to: model)
  }

  private func pipeline(_ shift: String) throws -> Pipeline {
    let text = """
      version: 1
      stages:
        skull:   {stage: load, of: $case}
        bone:    {stage: bone, of: skull}
        latent:  {stage: encode, of: bone, model: "\(model)"}
        moved:   {stage: shift, of: latent, \(shift)}
        decoded: {stage: decode, of: moved}
      outputs: {decoded.nrrd: decoded}
      """
    return try Pipeline(PipelineFile(yaml: Array(text.utf8), path: "p.yaml"))
  }

  @Test(arguments: [
    ("from: facial", Diagnostic.Code.notInModel, "stages.moved.from"),
    ("from: cranial, to: whole", .notInModel, "stages.moved.to"),
    ("from: complete", .badParameter, "stages.moved.from"),
  ])
  func keepsTheCodeOfTheReason(shift: String, code: Diagnostic.Code, field: String) throws {
    let pipeline = try pipeline(shift)
    let errors = try #require(
      #expect(throws: Diagnostics.self) { try pipeline.ready(memory: 1 << 30) })
    #expect(errors.all.map(\.code) == [code])
    #expect(errors.all.map(\.field) == [field])
    #expect(errors.all.map(\.subject) == ["p.yaml"] && errors.all[0].place?.line == 6)
  }

  @Test func aModelBeyondTheMemoryIsAMatterOfMemory() throws {
    let pipeline = try pipeline("from: cranial")
    #expect(throws: Never.self) { _ = try pipeline.ready(memory: 1 << 30) }
    let errors = try #require(
      #expect(throws: Diagnostics.self) { try pipeline.ready(memory: 1000) })
    #expect(errors.all.map(\.code) == [.memory] && errors.all[0].subject == model)
  }

  /// Two parameters that exclude each other are found by the stage that is made of them.
  @Test func theCheckerKeepsTheCodeOfAStage() throws {
    let text = """
      version: 1
      stages:
        skull: {stage: load, of: $case}
        bone:  {stage: binarize, of: skull, threshold: 3, range: [1, 2]}
      outputs: {bone.nrrd: bone}
      """
    let errors = try #require(
      #expect(throws: Diagnostics.self) {
        try Pipeline(PipelineFile(yaml: Array(text.utf8), path: "p.yaml"))
      })
    #expect(errors.all.map(\.code) == [.badParameter] && errors.all[0].place?.line == 4)
  }
}
