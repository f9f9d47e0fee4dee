import Completion
import BetaVAE
import Errors
import NeuralEngine
import TensorFiles
import Testing

@Suite struct StateDictImportTests {
  /// A state dict as the reference network's library saves it.
  private func stateDict(
    _ architecture: Architecture, prefix: String = "", decoderOnly: Bool = false
  ) throws -> TensorArchive {
    var archive = TensorArchive()
    for parameter in architecture.initialParameters(seed: 5, decoderOnly: decoderOnly) {
      var name = parameter.name
      if decoderOnly, name.hasPrefix("decode.decode_") {
        // decode.decode_0.conv.adn.N.weight → conv1.adn.N.weight
        let rest = name.dropFirst("decode.decode_".count)
        let level = Int(String(rest.first!))!
        name = "conv\(level + 1)." + rest.dropFirst("0.conv.".count)
      }
      try archive.append(
        NamedTensor(name: prefix + name, shape: parameter.shape, floats: parameter.values))
      if name.hasSuffix("running_var") {
        try archive.append(
          NamedTensor(
            name: prefix + name.dropLast("running_var".count) + "num_batches_tracked", int64: 3))
      }
    }
    return archive
  }

  @Test(arguments: ["", "state_dict.", "model.module."])
  func architectureFollowsFromTheShapes(prefix: String) throws {
    let architecture = Architecture(
      inputShape: SIMD3(16, 16, 8), channels: [2, 3, 4], latentSize: 5)
    let found = try StateDictImport(
      try stateDict(architecture, prefix: prefix), StateDictImport.Options(head: .plain))
    #expect(found.architecture == architecture)
    #expect(!found.isDecoderOnly)
    let model = try found.model(latentMode: .mean)
    #expect(model.parameters == architecture.initialParameters(seed: 5))
  }

  /// The state dict of MONAI 1.6.1's VarAutoEncoder as torch.save wrote it, see the fixture's README.
  @Test func aFileOfTheReferenceLibraryIsRead() throws {
    let path =
      #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
      + "/NeuralEngineTests/Fixtures/network.pth"
    let model = try StateDictImport(try TensorArchive(contentsOf: path)).model(latentMode: .mean)
    #expect(model.trackedBatches == TrainedBetaVAE.TrackedBatches(encoder: 3, decoder: 3))
    #expect(model.architecture.normalization == .batch && model.architecture.activation == .prelu)
    let again = try TrainedBetaVAE(
      archive: TensorArchive(bytes: model.archive().safetensorsBytes()))
    #expect(again == model)
    // It is no model file of this program.
    #expect(throws: Diagnostic.self) { try TrainedBetaVAE(contentsOf: path) }
  }

  @Test func thePublishedDecoderIsReadByItsOwnNames() throws {
    var published = Architecture(
      inputShape: SIMD3(16, 16, 8), channels: [2, 3, 4], latentSize: 5)
    let encoder = try StateDictImport(try stateDict(published))
    #expect(encoder.architecture.head == .reluLogits)
    published.head = .normalizedReluLogits
    let archive = try stateDict(published, decoderOnly: true)
    #expect(archive["conv3.adn.A.weight"] != nil && archive["conv1.conv.weight"] != nil)
    let decoder = try StateDictImport(archive)
    #expect(decoder.isDecoderOnly)
    #expect(decoder.architecture == published)
    let model = try encoder.model(latentMode: .meanPlusSigma, decoder: decoder)
    #expect(model.architecture.head == .normalizedReluLogits)
    #expect(throws: Diagnostic.self) { try decoder.model(latentMode: .mean) }
  }

  @Test func anotherInputShapeCanBeStated() throws {
    let cube = Architecture(inputShape: SIMD3(8, 8, 8), channels: [2, 3], latentSize: 4)
    let plain = StateDictImport.Options(head: .plain)
    func options(_ shape: SIMD3<Int>) -> StateDictImport.Options {
      StateDictImport.Options(inputShape: shape, head: .plain)
    }
    #expect(try StateDictImport(try stateDict(cube), plain).architecture == cube)
    let long = Architecture(inputShape: SIMD3(4, 12, 4), channels: [2, 3], latentSize: 4)
    let archive = try stateDict(long)
    #expect(throws: Diagnostic.self) { try StateDictImport(archive) }
    #expect(try StateDictImport(archive, options(SIMD3(4, 12, 4))).architecture == long)
    let flat = Architecture(
      inputShape: SIMD3(4, 4, 4), channels: [2, 3], strides: [2, 1], latentSize: 4)
    #expect(
      try StateDictImport(try stateDict(flat), options(SIMD3(4, 4, 4))).architecture == flat)
  }

  @Test func whatIsNoNetworkIsAnError() throws {
    var archive = try stateDict(tinyArchitecture)
    try archive.append(NamedTensor(name: "head.weight", shape: [1], floats: [1]))
    #expect(throws: Diagnostic.self) { try StateDictImport(archive) }
    #expect(throws: Diagnostic.self) { try StateDictImport(TensorArchive()) }
    var other = TensorArchive()
    try other.append(
      NamedTensor(name: "decodeL.weight", shape: [7], floats: Array(repeating: 0, count: 7)))
    #expect(throws: Diagnostic.self) { try StateDictImport(other) }
  }
}
