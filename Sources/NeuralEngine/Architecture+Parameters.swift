extension Architecture {
  /// Names and shapes of all tensors of the network, in the reference network's order and layout.
  ///
  /// - Parameter decoderOnly: those of the decoder alone.
  public func parameterShapes(decoderOnly: Bool = false) -> [(name: String, shape: [Int])] {
    var shapes: [(String, [Int])] = []
    func block(_ name: String, _ weight: [Int], bias: Int, plain: Bool, conv: String = "conv") {
      shapes.append(("\(name).\(conv).weight", weight))
      shapes.append(("\(name).\(conv).bias", [bias]))
      guard !plain else { return }
      if normalization == .batch {
        for field in ["weight", "bias", "running_mean", "running_var"] {
          shapes.append(("\(name).adn.N.\(field)", [bias]))
        }
      }
      if activation == .prelu { shapes.append(("\(name).adn.A.weight", [1])) }
    }
    var before = 1
    if !decoderOnly {
      for (level, after) in channels.enumerated() {
        block("encode.encode_\(level)", [after, before, 3, 3, 3], bias: after, plain: false)
        before = after
      }
      for name in ["mu", "logvar"] {
        shapes.append(("\(name).weight", [latentSize, features]))
        shapes.append(("\(name).bias", [latentSize]))
      }
    }
    shapes.append(("decodeL.weight", [features, latentSize]))
    shapes.append(("decodeL.bias", [features]))
    before = channels.last ?? 1
    for (level, after) in (channels.dropLast().reversed() + [2]).enumerated() {
      let isLast = level == channels.count - 1
      block(
        "decode.decode_\(level).conv", [before, after, 3, 3, 3], bias: after,
        plain: isLast && head != .normalizedReluLogits)
      before = after
    }
    return shapes
  }
}
