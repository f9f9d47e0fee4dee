import Completion
import Dataflow
import Errors
import Files
import Foundation
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

/// A model without a latent that is a file: the file's first byte is what it makes of every voxel.
private struct FileModel: CompletionModel {
  static let identifier = "file"
  static let reader = CompletionModelReader(
    identifier: identifier, isChosenByName: false, summary: "the first byte of a file",
    recognizes: { $0.hasSuffix(".byte.safetensors") }
  ) { FileModel(path: $0) }
  let path: String

  func prepare() throws -> [ModelFileRecord] {
    let bytes = try InputFile(path).bytes(at: 0, count: 1)
    return [
      ModelFileRecord(
        path: path, byteCount: bytes.count,
        sha256: bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) },
        kind: Self.identifier)
    ]
  }
  func demand(voxels: Int, cubicMillimetres: Double) -> CompletionDemand {
    CompletionDemand(peakBytes: voxels, cores: 1)
  }
  func complete(_ defective: Mask, in context: CompletionContext) throws -> CompletedSkull {
    let value = try InputFile(path).bytes(at: 0, count: 1)[0]
    return CompletedSkull(mask: Mask(on: defective.geometry) { $0.update(repeating: value) })
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

  /// It is told from model files of the program, named in the account, and its bytes are part of what stored
  /// values depend on.
  @Test func aModelThatIsAFileIsKnownByItsBytes() throws {
    let folder = try FileTree()
    let path = folder.path + "/m.byte.safetensors"
    let models = CompletionModels.standard.adding(FileModel.reader)
    func stage(_ byte: UInt8) throws -> Complete {
      try Data([byte]).write(to: URL(filePath: path))
      return try Complete(
        Parameters(["model": .text(path)], for: Complete.parameters), with: models)
    }
    let (one, zero) = (try stage(1).digests(), try stage(0).digests())
    #expect(one.keys.sorted() == ["model"] && one != zero)
    #expect(one["model"] == [UInt8(1)].withUnsafeBytes { SHA256.hexDigest(of: $0) })
    guard case .object(let note)? = try stage(1).prepare().first else {
      Issue.record("no note of the file")
      return
    }
    #expect(note["kind"] == .text("file") && note["path"] == .text(path))
    #expect(note["latentSize"] == nil)
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
        == "one of auto, continuation, mirror, shape\(isRegistered ? ", solid" : ""), or a model file"
    )
    #expect(
      errors.all[0].remedy
        == (isRegistered ? "did you mean solid?" : "name a model or the path of a model file"))
  }
}
