import Completion
import Errors
import Pipelines
import Stages
import TestSupport
import Testing
import Volumes

/// A model without a latent and without a file: bone everywhere.
private struct SolidModel: CompletionModel {
  static let identifier = "solid"
  static let reader = CompletionModelReader(identifier: identifier, summary: "bone everywhere") {
    _ in SolidModel()
  }
  func demand(voxels: Int, cubicMillimetres: Double) -> CompletionDemand {
    CompletionDemand(peakBytes: voxels, cores: 1)
  }
  func complete(_ defective: Mask, in context: CompletionContext) -> CompletedSkull {
    CompletedSkull(mask: Mask(on: defective.geometry) { $0.update(repeating: 1) })
  }
}

/// A completion model is one type and one line in the registry: a pipeline file names it.
@Suite struct CompletionModelRegistryTests {
  static let registries = Registries(completionModels: .standard.adding(SolidModel.reader))

  static func text(model: String) -> String {
    """
    version: 1
    stages:
      skull:   {stage: load, of: $case}
      bone:    {stage: bone, of: skull}
      whole:   {stage: complete, of: bone, model: \(model)}
      implant: {stage: subtract, minuend: whole, subtrahend: bone}
    outputs: {implant.nrrd: implant}
    """
  }

  @Test func aModelThatIsRegisteredCompletesASkull() throws {
    let folder = try FileTree()
    let bone = Mask(on: Geometry(sizes: GridSize(12, 10, 8), spacing: SIMD3(10, 10, 20))) {
      for index in 300..<700 { $0[index] = 1 }
    }
    try runOneCase(Self.text(model: "solid"), bone, registries: Self.registries, in: folder)
    let implant = try readMask("implant.nrrd", in: folder)
    #expect(implant.voxelCount == bone.sizes.count - bone.voxelCount)
  }

  @Test(arguments: [true, false])
  func aModelThatIsNotThereIsAnErrorWithTheNamesThereAre(isRegistered: Bool) throws {
    let file = try PipelineFile(yaml: Array(Self.text(model: "sold").utf8), path: "p.yaml")
    let errors = try #require(
      #expect(throws: Diagnostics.self) {
        try Pipeline(file, registries: isRegistered ? Self.registries : .standard)
      })
    #expect(errors.all.map(\.field) == ["stages.whole.model"])
    #expect(
      errors.all[0].expected
        == "one of mirror\(isRegistered ? ", solid" : ""), or a model file")
    #expect(
      errors.all[0].remedy
        == (isRegistered ? "did you mean solid?" : "name a model or the path of a model file"))
  }
}
