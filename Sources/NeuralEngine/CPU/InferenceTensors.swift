/// A model's tensors by name, and what inference makes of those beside the convolutions' weights.
struct InferenceTensors {
  private let values: [String: [Float]]
  private let activation: Architecture.Activation

  init(_ architecture: Architecture, _ parameters: [Parameter]) {
    activation = architecture.activation
    values = Dictionary(parameters.map { ($0.name, $0.values) }) { _, last in last }
  }

  /// The slope of a block's activation for negative values.
  func slope(of block: String) -> Float {
    switch activation {
    case .prelu: values["\(block).adn.A.weight"]?.first ?? 1
    case .relu: 0
    case .leakyReLU(let fixed): fixed
    }
  }

  /// What a block's bias and its normalization with fixed statistics multiply and add, channel by
  /// channel.
  func affines(of block: String, channels: Int) -> [ChannelAffine] {
    let bias = values["\(block).conv.bias"]!
    guard let mean = values["\(block).adn.N.running_mean"],
      let variance = values["\(block).adn.N.running_var"],
      let weight = values["\(block).adn.N.weight"], let beta = values["\(block).adn.N.bias"]
    else { return bias.map { ChannelAffine(scale: 1, shift: $0) } }
    return (0..<channels).map { c in
      let root = (Double(variance[c]) + NormalizedActivation.epsilon).squareRoot()
      let scale = Double(weight[c]) / root
      return ChannelAffine(
        scale: Float(scale),
        shift: Float(Double(beta[c]) + (Double(bias[c]) - Double(mean[c])) * scale))
    }
  }
}
