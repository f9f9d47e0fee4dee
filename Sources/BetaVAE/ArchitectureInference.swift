import Completion
import Errors
import NeuralEngine

/// Finds the architecture of a state dict from its tensors, and from options for what they do not
/// show.
struct ArchitectureInference {
  private let tensors: StateDictTensors
  private let options: StateDictImport.Options

  init(_ tensors: StateDictTensors, _ options: StateDictImport.Options) throws(Diagnostic) {
    (self.tensors, self.options) = (tensors, options)
  }

  func architecture() throws(Diagnostic) -> Architecture {
    let linear = tensors.hasEncoder ? "mu.weight" : "decodeL.weight"
    let shape = try tensors.shape(linear, axes: 2)
    let (latentSize, features) = tensors.hasEncoder ? (shape[0], shape[1]) : (shape[1], shape[0])
    let channels = try tensors.hasEncoder ? encoderChannels() : decoderChannels()
    guard let bottom = channels.last, features % bottom == 0 else {
      throw tensors.wrong(
        linear, "features that the \(channels.last ?? 0) channels of the last level divide",
        "\(features)")
    }
    let sizes = try sizes(places: features / bottom, levels: channels.count, linear)
    let normalization = try normalization()
    let architecture = Architecture(
      inputShape: sizes.shape, channels: channels, strides: sizes.strides, latentSize: latentSize,
      normalization: normalization, activation: try activation(),
      head: tensors.hasDecoder ? try head(levels: channels.count, normalization) : .logits)
    do { try architecture.validate() } catch {
      throw Diagnostic(
        .malformed, tensors.path, field: error.field, expected: error.expected,
        found: error.found, remedy: "choose a state dict of such a network")
    }
    return architecture
  }

  // MARK: Levels

  private static let mostLevels = 10

  private func encoderChannels() throws(Diagnostic) -> [Int] {
    var channels: [Int] = []
    while tensors.has("encode.encode_\(channels.count).conv.weight"),
      channels.count < Self.mostLevels
    {
      channels.append(try kernel("encode.encode_\(channels.count).conv.weight")[0])
    }
    if channels.isEmpty { _ = try kernel("encode.encode_0.conv.weight") }
    return channels
  }

  private func decoderChannels() throws(Diagnostic) -> [Int] {
    var channels: [Int] = []
    while tensors.has("decode.decode_\(channels.count).conv.conv.weight"),
      channels.count < Self.mostLevels
    {
      channels.append(try kernel("decode.decode_\(channels.count).conv.conv.weight")[0])
    }
    if channels.isEmpty { _ = try kernel("decode.decode_0.conv.conv.weight") }
    return channels.reversed()
  }

  private func kernel(_ name: String) throws(Diagnostic) -> [Int] {
    let shape = try tensors.shape(name, axes: 5)
    guard shape[2...] == [3, 3, 3] else {
      throw tensors.wrong(name, "a kernel of 3 × 3 × 3", "\(shape)")
    }
    return shape
  }

  // MARK: Shape and strides

  private func sizes(
    places: Int, levels: Int, _ linear: String
  ) throws(Diagnostic) -> (shape: SIMD3<Int>, strides: [Int]) {
    if let strides = options.strides {
      guard strides.count == levels, strides.allSatisfy({ $0 == 1 || $0 == 2 }) else {
        throw unfit("strides", "1 or 2 for each of the \(levels) levels", "\(strides)")
      }
    }
    guard let wanted = options.inputShape else {
      let strides = options.strides ?? Array(repeating: 2, count: levels)
      let factor = SIMD3(repeating: strides.reduce(1, *))
      for edge in 1...64 {
        if 4 * edge * edge * edge == places {
          return (SIMD3(2 * edge, 2 * edge, edge) &* factor, strides)
        }
        if edge * edge * edge == places { return (SIMD3(repeating: edge) &* factor, strides) }
      }
      throw unfit(
        "shape",
        "a statement of it, as \(counted(places, "place")) behind \(counted(levels, "level")) (\(linear)) come "
          + "of no input with x = y = 2z or x = y = z", "none")
    }
    guard (0..<3).allSatisfy({ (1...1024).contains(wanted[$0]) }) else {
      throw unfit("shape", "1 to 1024 voxels along each axis", Self.text(wanted))
    }
    // As many levels of stride 2 as make the features come out.
    let choices =
      options.strides.map { [$0] }
      ?? (0...levels).reversed().map { halvings in (0..<levels).map { $0 < halvings ? 2 : 1 } }
    for strides in choices {
      let factor = strides.reduce(1, *)
      let bottom = wanted / SIMD3(repeating: factor)
      if (0..<3).allSatisfy({ wanted[$0] % factor == 0 }), bottom.x * bottom.y * bottom.z == places
      {
        return (wanted, strides)
      }
    }
    throw unfit(
      "shape",
      "one with \(counted(places, "place")) behind \(counted(levels, "level")), as \(linear) has them",
      Self.text(wanted))
  }

  private static func text(_ shape: SIMD3<Int>) -> String { "\(shape.x)x\(shape.y)x\(shape.z)" }

  // MARK: Blocks

  private func normalization() throws(Diagnostic) -> Architecture.Normalization {
    guard let weight = tensors.first(endingIn: ".adn.N.weight") else {
      guard options.normalization != .batch else {
        throw unfit("normalization", "instance or none, as there is no tensor of one", "batch")
      }
      return options.normalization ?? .instance
    }
    guard tensors.has(weight.dropLast("weight".count) + "running_mean") else {
      throw tensors.wrong(
        weight, "running_mean beside it (batch normalization)",
        "weights alone: an instance normalization with affine=True, which is not read")
    }
    if let stated = options.normalization, stated != .batch {
      throw unfit("normalization", "batch, as tensor \(weight) shows", stated.rawValue)
    }
    return .batch
  }

  private func activation() throws(Diagnostic) -> Architecture.Activation {
    guard let slope = tensors.first(endingIn: ".adn.A.weight") else {
      guard options.activation != .prelu else {
        throw unfit("activation", "relu or leakyrelu, as there is no tensor of slopes", "prelu")
      }
      return options.activation ?? .relu
    }
    if let stated = options.activation, stated != .prelu {
      throw unfit("activation", "prelu, as tensor \(slope) shows", stated.text)
    }
    return .prelu
  }

  private func head(
    levels: Int, _ normalization: Architecture.Normalization
  ) throws(Diagnostic) -> Architecture.Head {
    let last = "decode.decode_\(levels - 1).conv"
    let shown = ["\(last).adn.N.weight", "\(last).adn.A.weight"].first { tensors.has($0) }
    switch options.head {
    case .plain:
      if let shown {
        throw unfit("head", "published, as the last block has tensor \(shown)", "plain")
      }
      return .logits
    case .published: return shown == nil ? .reluLogits : .normalizedReluLogits
    case .publishedNormalized:
      // Batch normalization and PReLU leave tensors wherever they are.
      if shown == nil, normalization == .batch || tensors.first(endingIn: ".adn.A.weight") != nil {
        throw unfit(
          "head", "published or plain, as the last block (\(last)) is the convolution alone",
          options.head.rawValue)
      }
      return .normalizedReluLogits
    }
  }

  /// An error about an option that the tensors contradict.
  private func unfit(_ option: String, _ expected: String, _ found: String) -> Diagnostic {
    Diagnostic(
      options.canBeStated ? .badSetting : .malformed, tensors.path, field: option,
      expected: expected, found: found,
      remedy: options.canBeStated
        ? "state it as the network was built"
        : "make a model of it with `calvaria latent import`")
  }
}
