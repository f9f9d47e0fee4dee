import CNeuralKernels
import Errors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A variational autoencoder for inference on the processor: batch normalization is folded into the
/// weights, and shift and activation are applied before a convolution's output leaves the registers.
final class CPUInferenceNetwork: InferenceNetwork {
  private let architecture: Architecture
  private let batch: Int
  private let kernels: UnsafePointer<cn_kernels>
  private let team: Team
  private let arena: AlignedBuffer
  private let encoder: [Block]
  private let decoder: [Block]
  private let head: SingleChannelLink
  private let headWeights: Int
  private let headBias: Int
  private let headDifference: AlignedBuffer
  private let classAffines: [ChannelAffine]
  private let classSlope: Float
  private let latent: LatentLayer
  /// The input, or the logit differences, with a halo; for other heads than logits also those of
  /// both classes.
  private let planes: [AlignedBuffer]
  /// Outputs of the even levels, and of the odd ones: neighbours never share a buffer.
  private let outputs: [AlignedBuffer]
  private let grid: cn_grid
  private let ones = AlignedBuffer(16)

  private struct Block {
    let single: SingleChannelLink?
    let strided: StridedLink?
    let weight: Int
    /// What the fused activation adds, where statistics are those of the training.
    let shift: AlignedBuffer
    let slope: Float
    /// Instance normalization, whose statistics are those of the sample.
    let norm: NormalizedActivation?
    let channels: Int
    let voxels: Int
  }

  init(
    _ architecture: Architecture, parameters: [Parameter], batch: Int,
    kernels: UnsafePointer<cn_kernels>, threads: Int
  ) throws(Diagnostic) {
    self.architecture = architecture
    self.batch = batch
    self.kernels = kernels
    let team = Team(threads: threads)
    self.team = team
    let layout = ParameterLayout(architecture, decoderOnly: false)
    let arena = AlignedBuffer(layout.count)
    self.arena = arena
    try layout.set(parameters, into: arena.pointer)
    var values: [String: [Float]] = [:]
    for parameter in parameters { values[parameter.name] = parameter.values }
    grid = cn_grid(architecture.inputShape)
    let levels = architecture.channels.count

    func slope(_ stem: String) -> Float {
      switch architecture.activation {
      case .prelu: values["\(stem).adn.A.weight"]?.first ?? 1
      case .relu: 0
      case .leakyReLU(let fixed): fixed
      }
    }
    /// What inference multiplies and adds, channel by channel.
    func affine(_ stem: String, _ conv: String, channels: Int) -> [ChannelAffine] {
      let bias = values["\(stem).\(conv).bias"]!
      guard let mean = values["\(stem).adn.N.running_mean"],
        let variance = values["\(stem).adn.N.running_var"],
        let weight = values["\(stem).adn.N.weight"], let beta = values["\(stem).adn.N.bias"]
      else { return bias.map { ChannelAffine(scale: 1, shift: $0) } }
      return (0..<channels).map { c in
        let root = (Double(variance[c]) + NormalizedActivation.epsilon).squareRoot()
        let scale = Double(weight[c]) / root
        return ChannelAffine(
          scale: Float(scale),
          shift: Float(Double(beta[c]) + (Double(bias[c]) - Double(mean[c])) * scale))
      }
    }
    /// `outputIsCoarse`: a convolution's; otherwise a transposed convolution's.
    func block(
      _ stem: String, _ conv: String, single: SingleChannelLink?, strided: StridedLink?,
      channels: Int, shape: SIMD3<Int>, outputIsCoarse: Bool
    ) -> Block {
      let weight = layout.offset(of: "\(stem).\(conv).weight")!
      let affines = affine(stem, conv, channels: channels)
      let shift = AlignedBuffer(channelBlocks(channels) * 16)
      for c in 0..<channels { shift.pointer[c] = affines[c].shift }
      let base = arena.pointer + weight
      if let single {
        for i in 0..<single.coarseBlocks * 27 * 16 {
          let c = i / (27 * 16) * 16 + i % 16
          base[i] *= c < channels ? affines[c].scale : 0
        }
      } else if let strided {
        let count = strided.coarseBlocks * 27 * strided.fineBlocks * 256
        for i in 0..<count {
          let tile = i / 256
          let coarse = tile / (27 * strided.fineBlocks) * 16 + i % 16
          let fine = tile % strided.fineBlocks * 16 + i % 256 / 16
          let c = outputIsCoarse ? coarse : fine
          base[i] *= c < channels ? affines[c].scale : 0
        }
        if !outputIsCoarse { strided.packForUp(base, team) }
      }
      let voxels = shape.x * shape.y * shape.z
      return Block(
        single: single, strided: strided, weight: weight, shift: shift, slope: slope(stem),
        norm: architecture.normalization == .instance
          ? NormalizedActivation(.instance, channels: channels, voxels: voxels, samples: batch)
          : nil, channels: channels, voxels: voxels)
    }

    encoder = (0..<levels).map { level in
      let fine = architecture.shape(afterLevels: level)
      let channels = architecture.channels[level]
      let stride = architecture.strides[level]
      return block(
        "encode.encode_\(level)", "conv",
        single: level == 0
          ? SingleChannelLink(fine: fine, stride: stride, coarseChannels: channels, samples: 1)
          : nil,
        strided: level == 0
          ? nil
          : StridedLink(
            fine: fine, stride: stride, fineChannels: architecture.channels[level - 1],
            coarseChannels: channels), channels: channels,
        shape: architecture.shape(afterLevels: level + 1), outputIsCoarse: true)
    }
    decoder = (0..<levels - 1).map { index in
      let level = levels - 1 - index
      let fine = architecture.shape(afterLevels: level)
      return block(
        "decode.decode_\(index).conv", "conv", single: nil,
        strided: StridedLink(
          fine: fine, stride: architecture.strides[level],
          fineChannels: architecture.channels[level - 1],
          coarseChannels: architecture.channels[level]),
        channels: architecture.channels[level - 1], shape: fine, outputIsCoarse: false)
    }
    head = SingleChannelLink(
      fine: architecture.inputShape, stride: architecture.strides[0],
      coarseChannels: architecture.channels[0], samples: 1)
    let stem = "decode.decode_\(levels - 1).conv"
    headWeights = layout.offset(of: stem + ".conv.weight")!
    headBias = layout.offset(of: stem + ".conv.bias")!
    let size = SingleChannelLink.weightCount(coarseChannels: architecture.channels[0])
    headDifference = AlignedBuffer(size)
    for i in 0..<size {
      headDifference.pointer[i] =
        arena.pointer[headWeights + size + i] - arena.pointer[headWeights + i]
    }
    classAffines =
      architecture.head == .normalizedReluLogits
      ? affine(stem, "conv", channels: 2)
      : [headBias, headBias + 1].map { ChannelAffine(scale: 1, shift: arena.pointer[$0]) }
    classSlope = architecture.head == .normalizedReluLogits ? slope(stem) : 1

    let last = architecture.shape(afterLevels: levels)
    latent = LatentLayer(
      size: architecture.latentSize,
      features: channelBlocks(architecture.channels[levels - 1]) * 16 * last.x * last.y * last.z,
      batch: batch, layout: layout)
    ones.pointer.update(repeating: 1, count: 16)
    let haloed = batch * grid.haloed
    planes = (0..<(architecture.head == .logits ? 1 : 2)).map { _ in AlignedBuffer(haloed) }
    let sizes = architecture.channels.indices.map { level in
      let shape = architecture.shape(afterLevels: level + 1)
      return batch * channelBlocks(architecture.channels[level]) * 16 * shape.x * shape.y * shape.z
    }
    outputs = (0..<2).map { parity in
      AlignedBuffer(sizes.indices.filter { $0 % 2 == parity }.map { sizes[$0] }.max() ?? 0)
    }
  }

  func encode(_ masks: [UInt8], count: Int) -> (mean: [Float], logVariance: [Float]) {
    precondition((1...batch).contains(count), "a batch of another size")
    let bytes = (architecture.voxels + 7) / 8
    precondition(masks.count == count * bytes, "masks of another size")
    let grid = grid
    masks.withUnsafeBufferPointer { bits in
      team.run(count) { sample in
        cn_unpack_bits(
          grid, bits.baseAddress! + sample * bytes, planes[0].pointer + sample * grid.haloed)
      }
    }
    for (level, block) in encoder.enumerated() {
      let weights = arena.pointer + block.weight
      let to = outputs[level % 2].pointer
      if let single = block.single {
        single.down(planes[0].pointer, weights: weights, to: to, samples: count, kernels, team)
        activate(to, block, count: count)
      } else if let strided = block.strided {
        strided.down(
          outputs[(level + 1) % 2].pointer, weights: weights,
          shift: block.norm == nil ? UnsafePointer(block.shift.pointer) : nil, slope: block.slope,
          to: to, samples: count, kernels, team)
        if block.norm != nil { activate(to, block, count: count) }
      }
    }
    latent.posterior(
      of: outputs[(encoder.count - 1) % 2].pointer, count: count, arena.pointer, kernels, team)
    let values = count * architecture.latentSize
    return (
      Array(UnsafeBufferPointer(start: latent.mean.pointer, count: values)),
      Array(UnsafeBufferPointer(start: latent.logVariance.pointer, count: values))
    )
  }

  func decode(_ latents: [Float], count: Int) -> [Float] {
    precondition((1...batch).contains(count), "a batch of another size")
    precondition(latents.count == count * architecture.latentSize, "latents of another size")
    latents.withUnsafeBufferPointer {
      latent.z.pointer.update(from: $0.baseAddress!, count: $0.count)
    }
    latent.decode(count: count, arena.pointer, kernels, team)
    var x = latent.hidden.pointer
    for (index, block) in decoder.enumerated() {
      let to = outputs[(decoder.count - 1 - index) % 2].pointer
      block.strided!.up(
        x, shift: block.norm == nil ? UnsafePointer(block.shift.pointer) : nil,
        slope: block.slope, to: to, samples: count, kernels, team)
      if block.norm != nil { activate(to, block, count: count) }
      x = to
    }
    return probabilities(x, count: count)
  }

  /// Normalization, shift and activation in place, where a convolution has not done it.
  private func activate(
    _ y: UnsafeMutablePointer<Float>, _ block: Block, count: Int
  ) {
    if let norm = block.norm {
      let parameters = NormalizedActivation.Parameters(
        convolutionBias: block.shift.pointer, slope: block.slope)
      norm.forward(
        y, to: y, parameters, samples: count, learning: false, kernels,
        team)
      return
    }
    let blocks = channelBlocks(block.channels)
    team.run(count * blocks) { task in
      let at = y + task * block.voxels * 16
      kernels.pointee.affine_activation(
        at, Int64(block.voxels), ones.pointer, block.shift.pointer + task % blocks * 16,
        block.slope, at)
    }
  }

  private func probabilities(_ x: UnsafePointer<Float>, count: Int) -> [Float] {
    let size = SingleChannelLink.weightCount(coarseChannels: architecture.channels[0])
    let weights = arena.pointer + headWeights
    if architecture.head == .logits {
      head.up(
        x, weights: headDifference.pointer,
        bias: arena.pointer[headBias + 1] - arena.pointer[headBias], to: planes[0].pointer,
        samples: count, kernels, team)
    } else {
      for k in 0..<2 {
        head.up(
          x, weights: weights + k * size, bias: 0, to: planes[k].pointer, samples: count, kernels,
          team)
      }
    }
    let shape = architecture.inputShape
    let grid = grid
    let affines = headAffines(samples: count)
    return [Float](unsafeUninitializedCapacity: count * architecture.voxels) { out, initialized in
      let base = out.baseAddress!
      team.run(count * shape.x) { task in
        let (sample, d) = (task / shape.x, task % shape.x)
        let (background, bone) = affines[sample]
        for h in 0..<shape.y {
          let row =
            sample * grid.haloed + ((d + 1) * (shape.y + 2) + h + 1) * (shape.z + 2) + 1
          let to = base + ((sample * shape.x + d) * shape.y + h) * shape.z
          // Differences of logits, then the foreground's share of the softmax.
          if architecture.head == .logits {
            to.initialize(from: planes[0].pointer + row, count: shape.z)
          } else {
            let (first, second) = (planes[0].pointer + row, planes[1].pointer + row)
            for w in 0..<shape.z {
              (to + w).initialize(
                to: bone.logit(second[w], slope: classSlope)
                  - background.logit(first[w], slope: classSlope))
            }
          }
          for w in 0..<shape.z { to[w] = 1 / (1 + expf(-to[w])) }
        }
      }
      initialized = count * architecture.voxels
    }
  }

  /// What each sample's two planes are multiplied with and what is added.
  private func headAffines(samples: Int) -> [(background: ChannelAffine, bone: ChannelAffine)] {
    guard architecture.head == .normalizedReluLogits, architecture.normalization == .instance else {
      return Array(repeating: (classAffines[0], classAffines[1]), count: samples)
    }
    let all = HeadNormalization.affines(
      of: planes.map { UnsafePointer($0.pointer) }, grid: grid, samples: samples, team)
    return (0..<samples).map { (all[2 * $0], all[2 * $0 + 1]) }
  }
}
