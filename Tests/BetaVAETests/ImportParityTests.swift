import TestSupport
import BetaVAE
import Completion
import Dataflow
import Errors
import NeuralEngine
import TensorFiles
import VoxelOps
import Volumes
import Testing

/// Networks that PyTorch 2.13 saved and what it computes with them (float64, see the fixtures'
/// README): the same numbers within 1e-5 of the largest; 5.4e-7 was found.
@Suite struct ImportParityTests {
  static let folder =
    #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Fixtures"

  struct Case: CustomTestStringConvertible {
    var name: String
    var ending = "safetensors"
    var options = StateDictImport.Options()
    /// What it takes for a decoder whose last block leaves no tensors that would show it.
    var decoderHead = StateDictImport.Head.published
    var architecture: Architecture
    var testDescription: String { name }

    init(
      _ name: String, _ normalization: Architecture.Normalization,
      _ activation: Architecture.Activation
    ) {
      self.name = name
      architecture = Architecture(
        inputShape: SIMD3(16, 16, 8), channels: [4, 8], latentSize: 4,
        normalization: normalization, activation: activation)
    }

    func with(_ change: (inout Case) -> Void) -> Case {
      var copy = self
      change(&copy)
      return copy
    }
  }

  static let cases = [
    Case("batch-prelu", .batch, .prelu).with {
      $0.ending = "pth"
      $0.architecture.channels = [4, 6, 8]
      $0.architecture.strides = [2, 2, 2]
    },
    Case("batch-relu", .batch, .relu),
    Case("instance-prelu", .instance, .prelu),
    Case("instance-relu", .instance, .relu).with { $0.decoderHead = .publishedNormalized },
    Case("instance-leakyrelu", .instance, .leakyReLU(slope: 0.2)).with {
      $0.options.activation = .leakyReLU(slope: 0.2)
      $0.decoderHead = .publishedNormalized
    },
    Case("none-leakyrelu", .none, .leakyReLU(slope: 0.01)).with {
      $0.options.normalization = Architecture.Normalization.none
      $0.options.activation = .leakyReLU(slope: 0.01)
      $0.decoderHead = .publishedNormalized
    },
    Case("strides", .batch, .prelu).with {
      $0.options.inputShape = SIMD3(8, 12, 4)
      $0.options.strides = [1, 2]
      $0.architecture.inputShape = SIMD3(8, 12, 4)
      $0.architecture.channels = [4, 6]
      $0.architecture.strides = [1, 2]
      $0.architecture.latentSize = 3
    },
  ]

  private func dict(
    _ item: Case, _ file: String, _ part: StateDictImport.Part, head: StateDictImport.Head
  ) throws -> StateDictImport {
    var options = item.options
    options.head = head
    return try StateDictImport(
      TensorArchive(contentsOf: "\(Self.folder)/\(item.name)-\(file).\(item.ending)"), part: part,
      options)
  }

  /// One bit a voxel, each sample beginning at a byte.
  private static func packed(_ mask: [Bool], voxels: Int) -> [UInt8] {
    let bytes = (voxels + 7) / 8
    var packed = [UInt8](repeating: 0, count: mask.count / voxels * bytes)
    for (i, isBone) in mask.enumerated() where isBone {
      let place = i % voxels
      packed[i / voxels * bytes + place / 8] |= 1 << UInt8(place % 8)
    }
    return packed
  }

  private func expect(
    _ found: [Float], _ results: TensorArchive, _ name: String, within tolerance: Float = 1e-5
  ) throws {
    let expected = try results.tensor(name).floats()
    try #require(found.count == expected.count)
    let most = expected.map(abs).max() ?? 0
    let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= tolerance * most, "\(name): \(worst / most)")
  }

  @Test(arguments: cases) func theSameNumbersAsPyTorch(item: Case) throws {
    let results = try TensorArchive(
      contentsOf: "\(Self.folder)/\(item.name)-results.safetensors")
    let mask = try results.tensor("mask").bytes.map { $0 != 0 }
    let packed = Self.packed(mask, voxels: item.architecture.voxels)
    let z = try results.tensor("z").floats()
    let engine = CPUEngine()
    for head in [StateDictImport.Head.plain, .published] {
      let model = try dict(item, "vae", .all, head: head).model(latentMode: .meanPlusSigma)
      var expected = item.architecture
      expected.head = head == .plain ? .logits : .reluLogits
      #expect(model.architecture == expected)
      let network = try model.network(on: engine, minibatch: 2, threads: 2)
      let (mean, logVariance) = network.encode(packed, count: 2)
      try expect(mean, results, "mu")
      try expect(logVariance, results, "logvar")
      try expect(network.latents(of: packed, count: 2), results, "z")
      try expect(network.decode(z, count: 2), results, head.rawValue)
    }

    let model = try dict(item, "vae", .encoder, head: .published).model(
      latentMode: .meanPlusSigma,
      decoder: dict(item, "decoder", .decoder, head: item.decoderHead))
    #expect(model.architecture.head == .normalizedReluLogits)
    // Through a file, one sample at a time, on one thread: the same bits.
    let again = try TrainedBetaVAE(
      archive: TensorArchive(bytes: model.archive().safetensorsBytes()))
    #expect(again == model)
    let both = try model.network(on: engine, minibatch: 2, threads: 2)
    try expect(both.latents(of: packed, count: 2), results, "z")
    let decoded = both.decode(z, count: 2)
    try expect(decoded, results, "decoupled")
    #expect(try again.network(on: engine, minibatch: 1, threads: 1).decode(z, count: 2) == decoded)
  }

  /// Behind the last ReLU both classes are often 0: of equal classes PyTorch's argmax takes the background.
  ///
  /// Golden: voxels whose share of bone is above one half in the fixtures, which is what argmax says.
  @Test(arguments: cases) func tiesAreBackgroundAsArgmaxHasThem(item: Case) throws {
    let results = try TensorArchive(
      contentsOf: "\(Self.folder)/\(item.name)-results.safetensors")
    let z = try results.tensor("z").floats()
    let size = item.architecture.latentSize
    let shape = item.architecture.inputShape
    let grid = Geometry(sizes: GridSize(shape.x, shape.y, shape.z))
    for (name, head, part) in [
      ("published", StateDictImport.Head.published, "vae"),
      ("decoupled", item.decoderHead, "decoder"),
    ] {
      let model = try dict(item, "vae", name == "published" ? .all : .encoder, head: .published)
        .model(
          latentMode: .meanPlusSigma,
          decoder: name == "published" ? nil : dict(item, part, .decoder, head: head))
      let session = try BetaVAEModel(model, on: CPUEngine()).session(minibatch: 2, threads: 1)
      let decoded = try session.decode([Array(z[..<size]), Array(z[size...])], on: grid)
      let expected = try results.tensor(name).floats()
      let ties = expected.count { $0 == 0.5 }
      #expect(ties > 0)
      let bone = decoded.reduce(0) { sum, volume in
        sum + volume.binarized(in: .atLeast(0.5)).voxelCount
      }
      #expect(bone == expected.count { $0 > 0.5 }, "\(name)")
    }
  }

  /// The decoder's head in another way gives other numbers: the test above can fail.
  @Test func theHeadMatters() throws {
    let item = Self.cases[3]
    let results = try TensorArchive(
      contentsOf: "\(Self.folder)/\(item.name)-results.safetensors")
    let model = try dict(item, "vae", .encoder, head: .published).model(
      latentMode: .meanPlusSigma, decoder: dict(item, "decoder", .decoder, head: .published))
    let found = try model.network(on: CPUEngine(), minibatch: 2, threads: 1)
      .decode(results.tensor("z").floats(), count: 2)
    let expected = try results.tensor("decoupled").floats()
    #expect(zip(found, expected).map { abs($0 - $1) }.max()! > 0.01)
  }

  @Test(arguments: [
    (
      "batch-prelu-vae.pth", StateDictImport.Options(inputShape: SIMD3(64, 64, 32)),
      "shape: expected one with 4 places behind 3 levels, as mu.weight has them, found 64x64x32"
    ),
    (
      "batch-prelu-vae.pth", .init(strides: [2, 2]),
      "strides: expected 1 or 2 for each of the 3 levels, found [2, 2]"
    ),
    (
      "batch-prelu-vae.pth", .init(normalization: .instance),
      "normalization: expected batch, as tensor "
    ),
    ("batch-prelu-vae.pth", .init(activation: .relu), "activation: expected prelu, as tensor "),
    (
      "batch-prelu-decoder.pth", .init(head: .plain),
      "head: expected published, as the last block has tensor decode.decode_2.conv.adn.N.weight, found plain"
    ),
    (
      "batch-prelu-vae.pth", .init(head: .publishedNormalized),
      "head: expected published or plain, as the last block (decode.decode_2.conv) is the convolution alone"
    ),
    (
      "instance-relu-vae.safetensors", .init(normalization: .batch),
      "normalization: expected instance or none, as there is no tensor of one, found batch"
    ),
    (
      "instance-relu-vae.safetensors", .init(activation: .prelu),
      "activation: expected relu or leakyrelu"
    ),
    (
      "strides-vae.safetensors", .init(),
      "shape: expected a statement of it, as 48 places behind 2 levels (mu.weight)"
    ),
    ("strides-vae.safetensors", .init(inputShape: SIMD3(0, 12, 4)), "shape: expected 1 to 1024"),
  ])
  func anOptionThatDoesNotFitIsNamed(
    file: String, options: StateDictImport.Options, part: String
  ) throws {
    let path = "\(Self.folder)/\(file)"
    let error = #expect(throws: Diagnostic.self) {
      try StateDictImport(TensorArchive(contentsOf: path), options)
    }
    #expect(error?.code == .badSetting)
    #expect(error?.description.contains("\(file): \(part)") == true, "\(error!)")
  }

  /// Every tensor of a file, missing or of another shape or kind: an error that names it.
  @Test func everyTensorIsNeeded() throws {
    let whole = try TensorArchive(contentsOf: "\(Self.folder)/batch-prelu-vae.pth")
    for tensor in whole.tensors where !tensor.name.hasSuffix("tracked") {
      let count = tensor.shape.reduce(1, *)
      let wrong = [
        nil,
        try NamedTensor(
          name: tensor.name, shape: [count, 1], floats: Array(repeating: 0, count: count)),
        try NamedTensor(
          name: tensor.name, shape: tensor.shape, floats: Array(repeating: .nan, count: count)),
        NamedTensor(name: tensor.name, int64: 3),
        try NamedTensor(name: tensor.name, shape: [0, 0], floats: []),
      ]
      for new in wrong {
        let error = #expect(throws: Diagnostic.self) {
          try StateDictImport(whole.changing(tensor.name, to: new))
            .model(latentMode: .mean)
        }
        #expect(error?.code == .malformed || error?.code == .notAModel, "\(tensor.name): \(error!)")
      }
    }
  }

  @Test func partsThatDoNotFitAreNamed() throws {
    func read(_ file: String, _ part: StateDictImport.Part = .all) throws -> StateDictImport {
      try StateDictImport(TensorArchive(contentsOf: "\(Self.folder)/\(file)"), part: part)
    }
    let encoder = try read("batch-prelu-vae.pth", .encoder)
    #expect(encoder.hasEncoder && !encoder.hasDecoder)
    for decoder in ["batch-relu-decoder.safetensors", "instance-prelu-decoder.safetensors"] {
      #expect {
        try encoder.model(latentMode: .mean, decoder: read(decoder, .decoder))
      } throws: {
        "\($0)".contains("\(decoder): tensor decodeL.weight: expected 32 (features)")
      }
    }
    let relu = try read("batch-relu-vae.safetensors", .encoder)
    let error = #expect(throws: Diagnostic.self) {
      try relu.model(
        latentMode: .mean, decoder: read("instance-prelu-decoder.safetensors", .decoder))
    }
    #expect(error?.description.contains("(normalization)") == true, "\(error!)")
    #expect(throws: Diagnostic.self) { try encoder.model(latentMode: .mean) }
    #expect(throws: Diagnostic.self) {
      try read("batch-prelu-decoder.pth").model(latentMode: .mean)
    }
    #expect(throws: Diagnostic.self) { try read("batch-prelu-decoder.pth", .encoder) }
  }

  /// A normalization with weights and no statistics is none that this program has.
  @Test func anAffineInstanceNormalizationIsRefused() throws {
    var archive = TensorArchive()
    for tensor in try TensorArchive(contentsOf: "\(Self.folder)/batch-relu-vae.safetensors").tensors
    where !tensor.name.contains("running") && !tensor.name.hasSuffix("tracked") {
      try archive.append(tensor)
    }
    let error = #expect(throws: Diagnostic.self) { try StateDictImport(archive) }
    #expect(error?.description.contains("affine=True") == true)
  }
}
