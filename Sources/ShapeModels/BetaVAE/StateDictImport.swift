public import NeuralEngine
public import TensorFiles

/// The tensors of a network that PyTorch saved, under the names of this program.
///
/// Reads state dicts of MONAI's `VarAutoEncoder`, and of the published decoupled decoder, which names
/// its parts `decodeL` and `conv1`, `conv2`, …; a common prefix such as `state_dict.` or `module.` is
/// taken off. The architecture is inferred from the tensors' shapes.
public struct StateDictImport: Sendable {
  /// What was found.
  public let architecture: Architecture
  /// The tensors that this program needs.
  public let parameters: [Parameter]
  /// Whether there is a decoder alone.
  public let isDecoderOnly: Bool
  private let path: String

  /// Reads an archive.
  ///
  /// - Parameters:
  ///   - inputShape: voxels along x, y, z; by default that of a stride of 2 in each level and
  ///     x = y = 2z (the paper's) or, where that does not fit, x = y = z. Where it says otherwise,
  ///     levels have the strides that it takes: 2 from the top as long as they can, 1 below.
  ///   - head: what is done to the logits, which no tensor shows; the published networks want
  ///     ``Architecture/Head/reluLogits``. A decoder whose last block has a normalization gets
  ///     ``Architecture/Head/normalizedReluLogits`` whatever is said here.
  /// - Throws: ``ShapeModelError`` or `TensorFileError` that names the tensor.
  public init(
    _ archive: TensorArchive, inputShape: SIMD3<Int>? = nil, head: Architecture.Head = .logits
  ) throws {
    path = archive.path
    let names = StateDictNames(archive)
    guard let prefix = names.prefix else {
      throw ShapeModelError(
        .notAModel, path: archive.path, field: "tensors",
        expected: "decodeL.weight, as in a state dict of MONAI's VarAutoEncoder or of the "
          + "published decoder",
        found: archive.tensors.first?.name ?? "no tensors", remedy: "name such a file")
    }
    let tensors = names.renamed(below: prefix, archive)
    func shape(_ name: String) throws(ShapeModelError) -> [Int] {
      guard let tensor = tensors[name] else {
        throw Self.wrong(archive.path, name, "it in the file", "nothing")
      }
      return tensor.shape
    }
    let linear = try shape("decodeL.weight")
    guard linear.count == 2, linear[0] > 0, linear[1] > 0 else {
      throw Self.wrong(archive.path, "decodeL.weight", "a matrix", "\(linear)")
    }
    // The decoder's levels, from the bottom up: channels in, channels out.
    var inputs: [Int] = []
    while let tensor = tensors["decode.decode_\(inputs.count).conv.conv.weight"],
      inputs.count <= 10
    {
      guard tensor.shape.count == 5, tensor.shape[2...] == [3, 3, 3] else {
        throw Self.wrong(
          archive.path, tensor.name, "channels in, channels out, and a kernel of 3",
          "\(tensor.shape)")
      }
      inputs.append(tensor.shape[0])
    }
    let last = "decode.decode_\(inputs.count - 1).conv"
    guard let bottom = inputs.first, bottom > 0, linear[0] % bottom == 0 else {
      throw Self.wrong(
        archive.path, "decode.decode_0.conv.conv.weight", "levels that divide the features",
        "\(inputs.first ?? 0) channels for \(linear[0]) features")
    }
    isDecoderOnly = tensors["mu.weight"] == nil
    let levels = inputs.count
    let places = linear[0] / bottom
    let sizes = try Self.sizes(places: places, levels: levels, inputShape, archive.path)
    let hasNorm = tensors["decode.decode_0.conv.adn.N.weight"] != nil
    let hasSlope = tensors["decode.decode_0.conv.adn.A.weight"] != nil
    let lastIsWhole =
      tensors["\(last).adn.N.weight"] != nil || tensors["\(last).adn.A.weight"] != nil
    architecture = Architecture(
      inputShape: sizes.shape, channels: inputs.reversed(), strides: sizes.strides,
      latentSize: linear[1], normalization: hasNorm ? .batch : .instance,
      activation: hasSlope ? .prelu : .relu, head: lastIsWhole ? .normalizedReluLogits : head)
    do { try architecture.validate() } catch {
      throw Self.wrong(archive.path, error.field, error.expected, error.found)
    }
    let path = archive.path
    parameters = try architecture.parameterShapes(decoderOnly: isDecoderOnly).map { name, shape in
      guard let tensor = tensors[name] else {
        throw Self.wrong(path, name, "it in the file", "nothing")
      }
      guard tensor.shape == shape else {
        throw Self.wrong(path, name, "the shape \(shape)", "\(tensor.shape)")
      }
      let values = try tensor.floats()
      guard values.allSatisfy(\.isFinite) else {
        throw Self.wrong(path, name, "finite numbers", "others among them")
      }
      return Parameter(name: name, shape: shape, values: values)
    }
    let known = Set(parameters.map(\.name))
    if let foreign = tensors.keys.filter({
      !known.contains($0) && !$0.hasSuffix(".num_batches_tracked")
    }).min() {
      throw Self.wrong(path, foreign, "only tensors of the network", "it in the file")
    }
  }

  /// The model that the tensors make.
  ///
  /// - Parameter decoder: another file's decoder in place of its own, such as the decoupled one.
  /// - Throws: ``ShapeModelError`` where an encoder is missing, or the two do not fit.
  public func model(latentMode: LatentMode, decoder: StateDictImport? = nil) throws -> BetaVAE {
    guard !isDecoderOnly else {
      throw Self.wrong(path, "mu.weight", "an encoder", "a decoder alone")
    }
    guard let decoder else {
      return try BetaVAE(
        architecture: architecture, parameters: parameters, latentMode: latentMode, path: path)
    }
    var whole = architecture
    whole.head = decoder.architecture.head
    return try BetaVAE(
      architecture: whole,
      parameters: parameters.filter { Architecture.isEncoder($0.name) }
        + decoder.parameters.filter { !Architecture.isEncoder($0.name) },
      latentMode: latentMode, path: decoder.path)
  }

  private static func sizes(
    places: Int, levels: Int, _ wanted: SIMD3<Int>?, _ path: String
  ) throws(ShapeModelError) -> (shape: SIMD3<Int>, strides: [Int]) {
    if let wanted {
      // As many levels of stride 2 as make the features come out.
      for halvings in stride(from: levels, through: 0, by: -1) {
        let factor = 1 << halvings
        let bottom = wanted / SIMD3(repeating: factor)
        if (0..<3).allSatisfy({ (1...1024).contains(wanted[$0]) && wanted[$0] % factor == 0 }),
          bottom.x * bottom.y * bottom.z == places
        {
          return (wanted, (0..<levels).map { $0 < halvings ? 2 : 1 })
        }
      }
      throw wrong(
        path, "decodeL.weight", "\(wanted.x)x\(wanted.y)x\(wanted.z) voxels at the input",
        "\(places) places after \(levels) levels")
    }
    let factor = 1 << levels
    for edge in 1...64 {
      if 4 * edge * edge * edge == places {
        return (
          SIMD3(2 * edge, 2 * edge, edge) &* SIMD3(repeating: factor),
          Array(repeating: 2, count: levels)
        )
      }
      if edge * edge * edge == places {
        return (
          SIMD3(repeating: edge * factor), Array(repeating: 2, count: levels)
        )
      }
    }
    throw ShapeModelError(
      .malformed, path: path, field: "decodeL.weight",
      expected: "features of an input with x = y = 2z or x = y = z",
      found: "\(places) places after \(levels) levels", remedy: "state the input shape")
  }

  private static func wrong(_ path: String, _ tensor: String, _ expected: String, _ found: String)
    -> ShapeModelError
  {
    ShapeModelError(
      .malformed, path: path, field: "tensor \(tensor)", expected: expected, found: found,
      remedy: "choose a state dict of this architecture")
  }
}

/// The names of a state dict.
private struct StateDictNames {
  /// What stands before all names; nil where this is no network that is known.
  let prefix: String?

  init(_ archive: TensorArchive) {
    let end = "decodeL.weight"
    let found = archive.tensors.map(\.name).filter { $0.hasSuffix(end) }
    let first = found.first.map { String($0.dropLast(end.count)) }
    prefix = found.count == 1 && (first == "" || first?.hasSuffix(".") == true) ? first : nil
  }

  /// The tensors by their names in the reference network.
  func renamed(below prefix: String, _ archive: TensorArchive) -> [String: NamedTensor] {
    var result: [String: NamedTensor] = [:]
    for tensor in archive.below(prefix).tensors {
      let name = Self.reference(tensor.name)
      result[name] = tensor.renamed(name)
    }
    return result
  }

  /// `conv3.adn.A.weight` of the published decoder is `decode.decode_2.conv.adn.A.weight`.
  private static func reference(_ name: String) -> String {
    guard name.hasPrefix("conv"), let point = name.firstIndex(of: "."),
      let number = Int(name[name.index(name.startIndex, offsetBy: 4)..<point]),
      (1...10).contains(number)
    else { return name }
    return "decode.decode_\(number - 1).conv\(name[point...])"
  }
}
