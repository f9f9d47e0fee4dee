import TestSupport
import BetaVAE
import Completion
import Errors
import Foundation
import NeuralEngine
import TensorFiles
import Testing

/// A tiny architecture for tests: two levels, 4 × 4 × 2 places below.
let tinyArchitecture = Architecture(
  inputShape: SIMD3(16, 16, 8), channels: [4, 8], latentSize: 3)

/// A tiny model with everything that a model can have.
func tinyModel(seed: UInt64 = 1) throws -> TrainedBetaVAE {
  var model = try TrainedBetaVAE(
    architecture: tinyArchitecture, parameters: tinyArchitecture.initialParameters(seed: seed),
    latentMode: .meanPlusSigma)
  model.classes = [
    LatentClass(
      name: "complete", count: 4, centroid: [0.1, -1e-7, 3], variance: [1, 0, 2],
      posteriorVariance: [0.5, 0.25, 1]),
    LatentClass(
      name: "cranial", count: 4, centroid: [0.3, 2, 1], variance: [1, 0, 2],
      posteriorVariance: [0.5, 0.25, 1]),
  ]
  model.standardization = LatentStandardization(mean: [0, 1, 2], sigma: [1e-6, 1, 0.1])
  model.provenance = ["seed": "7", "data": "a \"quoted\" text"]
  model.trackedBatches = TrainedBetaVAE.TrackedBatches(encoder: 12, decoder: 99)
  return model
}

@Suite struct ModelFileTests {
  /// A file whose size nobody could see is not taken for one that fits.
  @Test func aFileThatDoesNotAnswerIsNoSmallOne() throws {
    let folder = TemporaryFolder()
    let path = folder.write([UInt8](repeating: 0, count: 100), "model.safetensors")
    #expect(throws: Never.self) { try LatentMemory.requireReadable(path, memory: 1000) }
    let lease = try Lease(path)
    let error = withExtendedLifetime(lease) {
      #expect(throws: Diagnostic.self) { try LatentMemory.requireReadable(path, memory: 1000) }
    }
    #expect(error?.code == .transient)
    #expect(throws: Never.self) { try LatentMemory.requireReadable("/none", memory: 1000) }
  }

  @Test func aModelComesBackAsItWas() throws {
    let model = try tinyModel()
    let bytes = try model.archive().safetensorsBytes()
    let read = try TrainedBetaVAE(archive: TensorArchive(bytes: bytes))
    #expect(read == model)
    #expect(try read.archive().safetensorsBytes() == bytes)
  }

  @Test func halfPrecisionRoundsTheTensorsAndNothingElse() throws {
    let model = try tinyModel()
    let read = try TrainedBetaVAE(
      archive: TensorArchive(bytes: try model.archive(as: .float16).safetensorsBytes()))
    #expect(read.classes == model.classes)
    for (a, b) in zip(read.parameters, model.parameters) {
      for (x, y) in zip(a.values, b.values) { #expect(abs(x - y) <= abs(y) * 0x1p-11 + 0x1p-25) }
    }
    #expect(read.parameters != model.parameters)
  }

  @Test func theReferenceNetworksCountersAreInTheFile() throws {
    let archive = try tinyModel().archive()
    #expect(
      try archive.tensor("encode.encode_1.adn.N.num_batches_tracked", shape: []).int64() == 12)
    #expect(
      try archive.tensor("decode.decode_0.conv.adn.N.num_batches_tracked", shape: []).int64() == 99)
    // The last block is the convolution alone.
    #expect(archive["decode.decode_1.conv.adn.N.num_batches_tracked"] == nil)
  }

  @Test(arguments: [
    ("calvaria.format", "2", Diagnostic.Code.newerVersion),
    ("calvaria.format", "0", .malformed), ("calvaria.format", "one", .malformed),
    ("calvaria.model", "other", .notAModel),
    ("architecture.shape", "16 16", .malformed),
    ("architecture.shape", "16 16 9223372036854775807", .malformed),
    ("architecture.shape", "0 16 8", .malformed), ("architecture.shape", "17 16 8", .malformed),
    ("architecture.shape", "-16 16 8", .malformed),
    ("architecture.channels", "4 1099511627776", .malformed),
    ("architecture.channels", "4", .malformed), ("architecture.channels", "", .malformed),
    ("architecture.strides", "2 3", .malformed),
    ("architecture.latent", "99999999", .malformed), ("architecture.latent", "x", .malformed),
    ("architecture.normalization", "Batch", .malformed),
    ("architecture.activation", "leakyrelu nan", .malformed),
    ("architecture.activation", "leakyrelu 2", .malformed),
    ("architecture.head", "sigmoid", .malformed),
    ("latent_mode", "median", .malformed),
    ("classes", "complete complete", .malformed), ("classes", "../complete", .malformed),
    ("classes", "complete cranial facial", .malformed),
    ("class.complete.count", "0", .malformed),
    ("class.complete.centroid", "1 2", .malformed),
    ("class.complete.centroid", "1 2 nan", .malformed),
    ("class.complete.centroid", "1 2 inf", .malformed),
    ("class.complete.variance", "1 2 -3", .malformed),
    ("standardization.deviation", "1 0 1", .malformed),
    ("standardization.deviation", "1 1 1 1", .malformed),
  ])
  func aWrongTextIsAnErrorThatNamesIt(key: String, text: String, code: Diagnostic.Code) throws {
    var archive = try tinyModel().archive()
    archive.metadata[key] = text
    do {
      _ = try TrainedBetaVAE(archive: archive)
      Issue.record("\(key) = \(text) was taken")
    } catch let error as Diagnostic {
      #expect(error.code == code, "\(error)")
    }
  }

  @Test(arguments: [
    "calvaria.format", "calvaria.model", "architecture.shape", "architecture.channels",
    "architecture.strides", "architecture.latent", "architecture.normalization",
    "architecture.activation", "architecture.head", "latent_mode", "class.cranial.centroid",
    "standardization.mean",
  ])
  func aMissingTextIsAnError(key: String) throws {
    var archive = try tinyModel().archive()
    archive.metadata[key] = nil
    #expect(throws: Diagnostic.self) { try TrainedBetaVAE(archive: archive) }
  }

  @Test func everyTensorMustBeThereFiniteAndOfItsShape() throws {
    let whole = try tinyModel().archive()
    for tensor in whole.tensors where !tensor.name.hasSuffix("tracked") {
      #expect(throws: Diagnostic.self) {
        try TrainedBetaVAE(archive: whole.changing(tensor.name, to: nil))
      }
    }
    let bad = try NamedTensor(name: "mu.bias", shape: [3], floats: [1, .nan, 2])
    #expect(throws: Diagnostic.self) {
      try TrainedBetaVAE(archive: whole.changing("mu.bias", to: bad))
    }
    let long = try NamedTensor(name: "mu.bias", shape: [4], floats: [1, 2, 3, 4])
    #expect(throws: Diagnostic.self) {
      try TrainedBetaVAE(archive: whole.changing("mu.bias", to: long))
    }
    let variance = try NamedTensor(
      name: "encode.encode_0.adn.N.running_var", shape: [4], floats: [1, -1, 1, 1])
    #expect(throws: Diagnostic.self) {
      try TrainedBetaVAE(archive: whole.changing(variance.name, to: variance))
    }
    var foreign = whole
    try foreign.append(NamedTensor(name: "extra", shape: [1], floats: [1]))
    #expect(throws: Diagnostic.self) { try TrainedBetaVAE(archive: foreign) }
  }

  @Test func foldedStandardizationDecodesAsTheExplicitOne() throws {
    let model = try tinyModel()
    let statistics = LatentStandardization(mean: [0.3, -5, 0.001], sigma: [0.002, 3, 1])
    let folded = try model.replacingDecoder(model.decoder, standardization: statistics)
    let engine = ToyEngine()
    let explicit = try model.network(on: engine, threads: 1)
    var latents: [Float] = [0.301, -4, 0.5, 0.3, -5, 0.001]
    let there = try folded.network(on: engine, minibatch: 2, threads: 1).decode(latents, count: 2)
    statistics.apply(to: &latents)
    let here = explicit.decode(latents, count: 2)
    #expect(zip(here, there).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(folded.standardization == statistics)
    #expect(Set(here).count > 10, "the decoder tells voxels apart")
  }

  @Test func initialParametersAreAsWideAsTheReferences() {
    let parameters = tinyArchitecture.initialParameters(seed: 3)
    for parameter in parameters
    where parameter.name.hasSuffix("weight") && parameter.shape.count > 1 {
      let bound = 1 / Float(parameter.shape.dropFirst().reduce(1, *)).squareRoot()
      let most = parameter.values.map(abs).max() ?? 0
      #expect(most <= bound && most > 0.9 * bound, "\(parameter.name)")
    }
    #expect(parameters == tinyArchitecture.initialParameters(seed: 3))
    #expect(parameters != tinyArchitecture.initialParameters(seed: 4))
    // The decoder of stage 2 begins elsewhere than that of stage 1.
    let second = tinyArchitecture.initialParameters(seed: 3, stage: 2, decoderOnly: true)
    #expect(second[0].name == "decodeL.weight")
    #expect(second[0] != parameters.first { $0.name == "decodeL.weight" })
  }
}
