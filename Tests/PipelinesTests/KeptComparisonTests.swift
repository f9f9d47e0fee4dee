import Completion
import Concurrency
import Pipelines
import Stages
import TestSupport
import Testing
import VolumeIO
import Volumes

/// Bone everywhere, the next best way 2 mm from it; counts how often it completes.
private struct ComparingModel: CompletionModel {
  static let identifier = "comparing"
  static let comparesWays = true
  static let runs = Guarded(0)
  static let reader = CompletionModelReader(identifier: identifier, summary: "bone everywhere") {
    _ in ComparingModel()
  }
  func demand(voxels: Int, cubicMillimetres: Double) -> CompletionDemand {
    CompletionDemand(peakBytes: voxels, cores: 1)
  }
  func complete(_ defective: Mask, in context: CompletionContext) -> CompletedSkull {
    Self.runs.withLock { $0 += 1 }
    var skull = CompletedSkull(mask: Mask(on: defective.geometry) { $0.update(repeating: 1) })
    if context.measuresDisagreement {
      skull.disagreement = Volume(on: defective.geometry) { $0.update(repeating: 2) }
    }
    return skull
  }
}

/// `--keep` says how far the next best way of completing lies, and completes once for that and for the implant.
@Suite(.serialized) struct KeptComparisonTests {
  private static let text = """
    version: 1
    stages:
      skull:     {stage: load, of: $case}
      bone:      {stage: bone, of: skull}
      completed: {stage: complete, of: bone, model: comparing}
      implant:   {stage: subtract, minuend: completed, subtrahend: bone}
    outputs: {implant.nrrd: implant, whole.nrrd: completed}
    score: {of: implant, against: bone}
    """

  @Test(arguments: [false, true])
  func completesOnce(keeps: Bool) throws {
    let folder = try FileTree()
    let bone = Mask(on: Geometry(sizes: GridSize(12, 10, 8), spacing: SIMD3(10, 10, 20))) {
      for index in 300..<700 { $0[index] = 1 }
    }
    var options = Pipeline.Options()
    options.keepsIntermediates = keeps
    ComparingModel.runs.withLock { $0 = 0 }
    try runOneCase(
      Self.text, bone,
      registries: Registries(completionModels: .standard.adding(ComparingModel.reader)),
      options: options, in: folder)
    #expect(ComparingModel.runs.withLock { $0 } == 1)
    let implant = try readMask("implant.nrrd", in: folder)
    #expect(implant.voxelCount == bone.sizes.count - bone.voxelCount)
    #expect(try readMask("whole.nrrd", in: folder).voxelCount == bone.sizes.count)
    guard keeps else { return }
    #expect(try readMask("kept-bone.nrrd", in: folder) == bone)
    let distances = try #require(
      try ImageFile(opening: "\(folder.path)/out/disagreement.nrrd").volume().base
        as? Volume<Float>)
    distances.withVoxels { distances in
      implant.withBytes { implant in
        for i in 0..<implant.count { #expect(distances[i] == (implant[i] != 0 ? 2 : 0)) }
      }
    }
  }
}
