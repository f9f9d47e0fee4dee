import Accounts
import TestSupport
import BetaVAE
import Completion
import Errors
import Foundation
import Dataflow
import Files
import NeuralEngine
import Pipelines
import Stages
import Testing
import VolumeIO
import Volumes

/// A device on which every shape is decoded to bone everywhere.
private struct SolidEngine: Engine {
  static let declaration = EngineDeclaration(name: "solid", summary: "bone everywhere") {
    () throws(Diagnostic) in SolidEngine()
  }
  let name = "solid"

  func trainableNetwork(
    _ architecture: Architecture, minibatch: Int, decoderOnly: Bool, threads: Int,
    parallelism: DataParallelism?
  ) throws(Diagnostic) -> any TrainableNetwork {
    throw Diagnostic(.configuration, field: "device", expected: "one that trains", found: name)
  }
  func inferenceWeights(
    _ architecture: Architecture, parameters: [Parameter], threads: Int
  ) -> any InferenceWeights { Weights(architecture: architecture) }
  func inferenceWeightBytes(_ architecture: Architecture) -> Int { 8 }
  func inferenceBytes(_ architecture: Architecture, minibatch: Int) -> Int { 16 }
  func trainingBytes(_ architecture: Architecture, minibatch: Int, decoderOnly: Bool) -> Int {
    .max
  }

  struct Weights: InferenceWeights {
    let architecture: Architecture
    func network(minibatch: Int, threads: Int) -> any InferenceNetwork { Network(architecture) }
  }

  final class Network: InferenceNetwork {
    let architecture: Architecture
    init(_ architecture: Architecture) { self.architecture = architecture }
    func encode(_ masks: [UInt8], count: Int) -> (mean: [Float], logVariance: [Float]) {
      let numbers = [Float](repeating: 7, count: count * architecture.latentSize)
      return (numbers, numbers)
    }
    func decode(_ latents: [Float], count: Int) -> [Float] {
      [Float](repeating: latents.allSatisfy { $0 == 7 } ? 1 : 0, count: count * architecture.voxels)
    }
  }
}

/// A device is one type and one line in the registry: a pipeline file names it.
@Suite struct EngineRegistryTests {
  static let engines = Engines(CPUEngine.declaration, SolidEngine.declaration)
  static let registries = Registries(engines: engines)

  static func text(model: String, device: String) -> String {
    """
    version: 1
    pipeline: round trip
    stages:
      skull:   {stage: load, of: $case}
      bone:    {stage: bone, of: skull}
      latent:  {stage: encode, of: bone, model: "\(model)", framing: resize\(device)}
      decoded: {stage: decode, of: latent, model: "\(model)"}
    outputs: {decoded.nrrd: decoded}
    """
  }

  /// `decode` names another file of the same shape: the run ends before its first case.
  @Test func aModelThatDidNotEncodeIsRefused() throws {
    let folder = try FileTree()
    let architecture = Architecture(inputShape: [16, 16, 8], channels: [4, 8], latentSize: 3)
    let names = ["own", "other"].map { "\(folder.path)/\($0).safetensors" }
    for (seed, name) in names.enumerated() {
      try TrainedBetaVAE(
        architecture: architecture, parameters: architecture.initialParameters(seed: UInt64(seed))
      ).write(to: name)
    }
    let text = Self.text(model: names[0], device: "").replacing(
      "of: latent, model: \"\(names[0])\"", with: "of: latent, model: \"\(names[1])\"")
    try text.write(toFile: folder.path + "/p.yaml", atomically: true, encoding: .utf8)
    let request = PipelineRun.Request(
      pipeline: try Pipeline(PipelineFile(reading: folder.path + "/p.yaml")),
      paths: [folder.path + "/none.nrrd"], folder: folder.path + "/out",
      program: .init(version: "0", libraries: [:]))
    // Exit code 2.
    let errors = try #require(
      #expect(throws: Diagnostics.self) { try PipelineRun(request) })
    let found = try #require(errors.all.first)
    #expect(found.code == .otherModel)
    #expect(found.field == "stages.decoded.model" && found.place?.line == 7)
    for (name, message) in zip(names, [found.expected, found.found]) {
      #expect(try message.contains(name) && message.contains(InputFile(name).sha256()))
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"))
  }

  /// What comes out of encoding and decoding a block of bone on a device.
  private func decoded(device: String, in folder: FileTree) throws -> Mask {
    let architecture = Architecture(inputShape: [16, 16, 8], channels: [4, 8], latentSize: 3)
    let model = folder.path + "/model.safetensors"
    try TrainedBetaVAE(
      architecture: architecture, parameters: architecture.initialParameters(seed: 1)
    )
    .write(to: model)
    let geometry = Geometry(sizes: GridSize(16, 16, 8), spacing: SIMD3(10, 10, 20))
    let bone = Mask(on: geometry) { bytes in for i in 300..<900 { bytes[i] = 1 } }
    try runOneCase(
      Self.text(model: model, device: device), bone, registries: Self.registries, in: folder)
    return try readMask("decoded.nrrd", in: folder)
  }

  @Test func aDeviceThatIsRegisteredIsNamedInAPipelineFile() throws {
    let folder = try FileTree()
    let solid = try decoded(device: ", device: solid", in: folder)
    #expect(solid.voxelCount == solid.sizes.count)
    let cpu = try decoded(device: ", device: cpu", in: folder)
    #expect(cpu.voxelCount < cpu.sizes.count)
    #expect(try decoded(device: "", in: folder) == cpu)
  }

  /// `complete` passes its device on to the model that it names.
  @Test func aCompletionModelRunsOnTheDeviceThatIsNamed() throws {
    let folder = try FileTree()
    let architecture = Architecture(inputShape: [16, 16, 8], channels: [4, 8], latentSize: 3)
    let path = folder.path + "/model.safetensors"
    var model = try TrainedBetaVAE(
      architecture: architecture, parameters: architecture.initialParameters(seed: 1))
    let zeros = [Float](repeating: 0, count: 3)
    model.classes = ["cranial", "complete"].map {
      LatentClass(
        name: $0, count: 1, centroid: zeros, variance: zeros, posteriorVariance: zeros)
    }
    try model.write(to: path)
    let bone = Mask(on: Geometry(sizes: GridSize(16, 16, 8), spacing: SIMD3(10, 10, 20))) {
      for i in 300..<900 { $0[i] = 1 }
    }
    func completed(_ device: String?) throws -> Mask {
      var written: [String: ParameterValue] = ["model": .text(path)]
      written["device"] = device.map { .text($0) }
      let stage = try Complete(
        Parameters(written, for: Complete.parameters), with: .standard,
        on: Self.engines)
      return try stage.run(Inputs(bone), in: StageContext())
    }
    let solid = try completed("solid")
    let cpu = try completed("cpu")
    #expect(solid.voxelCount > cpu.voxelCount)
    #expect(try completed(nil) == cpu)
  }

  @Test func aDeviceForAModelWithoutANetworkIsAnError() throws {
    let text = """
      version: 1
      stages:
        skull: {stage: load, of: $case}
        bone:  {stage: bone, of: skull}
        whole: {stage: complete, of: bone, model: mirror, device: cpu}
      outputs: {whole.nrrd: whole}
      """
    let errors = try #require(
      #expect(throws: Diagnostics.self) {
        try Pipeline(PipelineFile(yaml: Array(text.utf8), path: "p.yaml"))
      })
    #expect(errors.all.map(\.field) == ["stages.whole.device"])
    #expect(errors.all[0].remedy == "leave `device` out")
  }

  @Test func aDeviceThatIsNotThereIsAnError() throws {
    let bytes = Array(Self.text(model: "m.safetensors", device: ", device: sold").utf8)
    let errors = #expect(throws: Diagnostics.self) {
      try Pipeline(PipelineFile(yaml: bytes, path: "p.yaml"), registries: Self.registries)
    }
    let message = errors.map { "\($0.all.map(\.description))" } ?? ""
    #expect(message.contains("expected one of cpu, solid, found sold; did you mean solid?"))
    #expect(throws: Diagnostics.self) {
      try Pipeline(
        PipelineFile(
          yaml: Array(Self.text(model: "m.safetensors", device: ", device: solid").utf8),
          path: "p.yaml"))
    }
  }
}
