/// A convolution, its normalization and its activation, with what backward needs of them.
struct TrainableBlock {
  let link: LevelLink
  let norm: NormalizedActivation
  /// The link's output.
  let y: AlignedBuffer
  // Where its tensors are in the arena; which are there depends on the architecture.
  let weight: Int
  let bias: Int
  let normWeight: Int?
  let normBias: Int?
  let runningMean: Int?
  let runningVariance: Int?
  let slope: Int?

  /// A block of the encoder.
  init(
    encoder level: Int, of architecture: Architecture, _ layout: ParameterLayout, minibatch: Int
  ) {
    self.init(
      "encode.encode_\(level)", LevelLink(architecture, level: level, samples: minibatch),
      outputOf: level, of: architecture, layout, minibatch: minibatch)
  }

  /// A block of the decoder: from the output of `level` up to that of the level above.
  init(
    decoder level: Int, of architecture: Architecture, _ layout: ParameterLayout, minibatch: Int
  ) {
    self.init(
      "decode.decode_\(architecture.channels.count - 1 - level).conv",
      LevelLink(architecture, level: level, samples: minibatch),
      outputOf: level - 1, of: architecture, layout, minibatch: minibatch)
  }

  private init(
    _ stem: String, _ link: LevelLink, outputOf level: Int, of architecture: Architecture,
    _ layout: ParameterLayout, minibatch: Int
  ) {
    self.link = link
    norm = NormalizedActivation(
      architecture.normalization, channels: architecture.channels[level],
      voxels: architecture.voxels(ofLevel: level), samples: minibatch)
    y = AlignedBuffer(minibatch * architecture.blockedCount(ofLevel: level))
    weight = layout.offset(of: "\(stem).conv.weight")!
    bias = layout.offset(of: "\(stem).conv.bias")!
    normWeight = layout.offset(of: "\(stem).adn.N.weight")
    normBias = layout.offset(of: "\(stem).adn.N.bias")
    runningMean = layout.offset(of: "\(stem).adn.N.running_mean")
    runningVariance = layout.offset(of: "\(stem).adn.N.running_var")
    slope = layout.offset(of: "\(stem).adn.A.weight")
  }
}
