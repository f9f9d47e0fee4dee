import CNeuralKernels

/// The last convolution of a decoder for inference, and what follows it up to the softmax.
struct FoldedHead {
  let kind: Architecture.Head
  let link: SingleChannelLink
  /// The weights of the two classes, background first; with logits their difference alone, because a
  /// softmax over two classes depends on nothing else.
  let weights: [UnsafeMutablePointer<Float>]
  /// What the link adds.
  let bias: Float
  /// What each class's plane is multiplied with and what is added, where that is known beforehand.
  let affines: [ChannelAffine]
  /// The slope of the activation before the last ReLU.
  let slope: Float
  private let difference: AlignedBuffer

  /// - Parameter arena: outlives the head.
  init(
    of architecture: Architecture, _ tensors: InferenceTensors, _ layout: ParameterLayout,
    _ arena: AlignedBuffer
  ) {
    kind = architecture.head
    link = SingleChannelLink(finestOf: architecture, samples: 1)
    let stem = "decode.decode_\(architecture.channels.count - 1).conv"
    let both = arena.pointer + layout.offset(of: stem + ".conv.weight")!
    let biases = arena.pointer + layout.offset(of: stem + ".conv.bias")!
    let size = SingleChannelLink.weightCount(coarseChannels: architecture.channels[0])
    difference = AlignedBuffer(kind == .logits ? size : 0)
    if kind == .logits {
      for i in 0..<size { difference.pointer[i] = both[size + i] - both[i] }
      weights = [difference.pointer]
      bias = biases[1] - biases[0]
    } else {
      weights = [both, both + size]
      bias = 0
    }
    let isNormalized = kind == .normalizedReluLogits
    affines =
      isNormalized
      ? tensors.affines(of: stem, channels: 2)
      : (0..<2).map { ChannelAffine(scale: 1, shift: biases[$0]) }
    slope = isNormalized ? tensors.slope(of: stem) : 1
  }
}
