import CNeuralKernels
import Errors

/// A variational autoencoder, or its decoder alone, that learns on the processor.
///
/// All buffers are made here, once, and a step takes no memory (which is why it counts where other
/// code iterates: unoptimised, iterators of arrays take some). It computes in them: forward up to the
/// Dice sums, backward block by block with two gradients that take turns, then Adam over all
/// parameters at once.
///
/// Of a block only the convolution's output is kept for backward. What normalization and activation
/// make of it is read by the next convolution alone and is formed again, in one pass over memory,
/// where backward needs it: forward the gradients' buffers are free, backward the one that the
/// next gradient will be written to.
final class CPUTrainableNetwork: TrainableNetwork {
  private let architecture: Architecture
  private let batch: Int
  private let decoderOnly: Bool
  private let kernels: UnsafePointer<cn_kernels>
  private let team: Team
  private let layout: ParameterLayout
  private let arena: AlignedBuffer
  private let gradientArena: AlignedBuffer
  private let firstMoments: AlignedBuffer
  private let secondMoments: AlignedBuffer
  private(set) var steps = 0

  private let encoder: [Block]
  private let decoder: [Block]
  /// The last convolution of the decoder, and the difference of its two classes' weights.
  private let head: SingleChannelLink
  private let headWeights: AlignedBuffer
  private let headOffsets: (weight: Int, bias: Int)
  /// Stretches of learned tensors, so that weight decay leaves the running statistics alone.
  private let learned: [(offset: Int, count: Int)]
  /// Input, target and logit differences, each with a halo.
  private let input: AlignedBuffer
  private let target: AlignedBuffer
  private let output: AlignedBuffer
  /// The encoder's output.
  private let features: AlignedBuffer
  private var gradient: AlignedBuffer
  private var otherGradient: AlignedBuffer
  private let latent: LatentLayer
  private let diceLoss: DiceLoss
  private let grid: cn_grid

  /// A convolution, its normalization and its activation, with what backward needs of them.
  private struct Block {
    enum Link {
      case single(SingleChannelLink)
      case strided(StridedLink)
    }
    let link: Link
    let norm: NormalizedActivation
    /// The link's output.
    let y: AlignedBuffer
    let weight: Int
    let bias: Int
    let normWeight: Int?
    let normBias: Int?
    let runningMean: Int?
    let runningVariance: Int?
    let slope: Int?
  }

  init(
    _ architecture: Architecture, batch: Int, decoderOnly: Bool,
    kernels: UnsafePointer<cn_kernels>, threads: Int
  ) {
    self.architecture = architecture
    self.batch = batch
    self.decoderOnly = decoderOnly
    self.kernels = kernels
    team = Team(threads: threads)
    let layout = ParameterLayout(architecture, decoderOnly: decoderOnly)
    self.layout = layout
    arena = AlignedBuffer(layout.count)
    gradientArena = AlignedBuffer(layout.count)
    firstMoments = AlignedBuffer(layout.count)
    secondMoments = AlignedBuffer(layout.count)
    grid = cn_grid(architecture.inputShape)
    let levels = architecture.channels.count

    func block(_ prefix: String, _ link: Block.Link, channels: Int, shape: SIMD3<Int>) -> Block {
      let voxels = shape.x * shape.y * shape.z
      let size = batch * channelBlocks(channels) * voxels * 16
      let stem = String(prefix.dropLast(5))
      return Block(
        link: link,
        norm: NormalizedActivation(
          architecture.normalization, channels: channels, voxels: voxels, samples: batch),
        y: AlignedBuffer(size),
        weight: layout.offset(of: "\(prefix).weight")!,
        bias: layout.offset(of: "\(prefix).bias")!,
        normWeight: layout.offset(of: "\(stem).adn.N.weight"),
        normBias: layout.offset(of: "\(stem).adn.N.bias"),
        runningMean: layout.offset(of: "\(stem).adn.N.running_mean"),
        runningVariance: layout.offset(of: "\(stem).adn.N.running_var"),
        slope: layout.offset(of: "\(stem).adn.A.weight"))
    }

    encoder =
      decoderOnly
      ? []
      : (0..<levels).map { level in
        let channels = architecture.channels[level]
        let fine = architecture.shape(afterLevels: level)
        let stride = architecture.strides[level]
        let link: Block.Link =
          level == 0
          ? .single(
            SingleChannelLink(
              fine: fine, stride: stride, coarseChannels: channels, samples: batch))
          : .strided(
            StridedLink(
              fine: fine, stride: stride, fineChannels: architecture.channels[level - 1],
              coarseChannels: channels))
        return block(
          "encode.encode_\(level).conv", link, channels: channels,
          shape: architecture.shape(afterLevels: level + 1))
      }
    decoder = (0..<levels - 1).map { index in
      let level = levels - 1 - index
      let channels = architecture.channels[level - 1]
      let fine = architecture.shape(afterLevels: level)
      return block(
        "decode.decode_\(index).conv.conv",
        .strided(
          StridedLink(
            fine: fine, stride: architecture.strides[level], fineChannels: channels,
            coarseChannels: architecture.channels[level])),
        channels: channels, shape: fine)
    }
    head = SingleChannelLink(
      fine: architecture.inputShape, stride: architecture.strides[0],
      coarseChannels: architecture.channels[0], samples: batch)
    headWeights = AlignedBuffer(
      2 * SingleChannelLink.weightCount(coarseChannels: architecture.channels[0]))
    let stem = "decode.decode_\(levels - 1).conv.conv"
    headOffsets = (
      layout.offset(of: stem + ".weight")!, layout.offset(of: stem + ".bias")!
    )
    learned = layout.segments.filter(\.isLearned).map { ($0.offset, $0.count) }
    input = AlignedBuffer(decoderOnly ? 0 : batch * grid.haloed)
    target = AlignedBuffer(batch * grid.haloed)
    output = AlignedBuffer(batch * grid.haloed)
    let largest = max(
      (encoder + decoder).map(\.y.count).max() ?? 0,
      batch * architecture.channels.indices.map { level in
        let shape = architecture.shape(afterLevels: level + 1)
        return channelBlocks(architecture.channels[level]) * 16 * shape.x * shape.y * shape.z
      }.max()!)
    features = AlignedBuffer(encoder.last?.y.count ?? 0)
    gradient = AlignedBuffer(largest)
    otherGradient = AlignedBuffer(largest)
    let last = architecture.shape(afterLevels: levels)
    latent = LatentLayer(
      size: architecture.latentSize,
      features: channelBlocks(architecture.channels[levels - 1]) * 16 * last.x * last.y * last.z,
      batch: batch, layout: layout)
    diceLoss = DiceLoss(grid, samples: batch)
  }

  // MARK: Parameters

  func parameters() -> [Parameter] { layout.parameters(from: arena.pointer) }

  func setParameters(_ parameters: [Parameter]) throws(Diagnostic) {
    try layout.set(parameters, into: arena.pointer)
  }

  func optimizerState() -> [Parameter] {
    layout.parameters(from: firstMoments.pointer, suffix: ".m", learnedOnly: true)
      + layout.parameters(from: secondMoments.pointer, suffix: ".v", learnedOnly: true)
  }

  func setOptimizerState(_ state: [Parameter], steps: Int) throws(Diagnostic) {
    try layout.set(
      state.filter { $0.name.hasSuffix(".m") }, into: firstMoments.pointer, suffix: ".m",
      learnedOnly: true)
    try layout.set(
      state.filter { !$0.name.hasSuffix(".m") }, into: secondMoments.pointer, suffix: ".v",
      learnedOnly: true)
    self.steps = steps
  }

  func gradients() -> [Parameter] {
    layout.parameters(from: gradientArena.pointer, learnedOnly: true)
  }

  // MARK: A step

  func step(_ given: TrainingBatch, _ settings: StepSettings, into losses: inout StepLosses) {
    let count = given.count
    precondition((1...batch).contains(count), "a batch of another size")
    precondition(given.noise.count == count * architecture.latentSize, "noise of another size")
    losses.clear()
    load(given)
    if decoderOnly {
      given.noise.withUnsafeBufferPointer {
        latent.z.pointer.update(from: $0.baseAddress!, count: $0.count)
      }
    } else {
      encodeForward(count)
      latent.encode(
        features: features.pointer, noise: given.noise, count: count, arena.pointer,
        kernels, team)
      losses.divergence = latent.divergence(count: count)
      losses.mean.append(
        contentsOf: UnsafeBufferPointer(start: latent.mean.pointer, count: given.noise.count))
      losses.logVariance.append(
        contentsOf: UnsafeBufferPointer(
          start: latent.logVariance.pointer, count: given.noise.count))
    }
    decodeForward(count)
    losses.dice = diceLoss.turn(
      output.pointer, target: target.pointer, samples: count, weight: Double(settings.diceWeight),
      kernels, team)
    for sample in 0..<count { losses.foregroundDice.append(diceLoss.foregroundDice(of: sample)) }
    decodeBackward(count)
    latent.backwardDecoder(
      gradient: gradient.pointer, count: count, arena.pointer, gradientArena.pointer, kernels, team)
    if !decoderOnly {
      latent.backwardEncoder(
        features: features.pointer, gradient: gradient.pointer, settings: settings,
        count: count, arena.pointer, gradientArena.pointer, kernels, team)
      encodeBackward(count)
    }
    update(settings, &losses)
  }

  private func load(_ given: TrainingBatch) {
    let bytes = (architecture.voxels + 7) / 8
    precondition(given.target.count == given.count * bytes, "a target of another size")
    precondition(
      decoderOnly || given.input.count == given.count * bytes, "an input of another size")
    let grid = grid
    given.target.withUnsafeBufferPointer { bits in
      team.run(given.count) { sample in
        cn_unpack_bits(
          grid, bits.baseAddress! + sample * bytes, target.pointer + sample * grid.haloed)
      }
    }
    guard !decoderOnly else { return }
    given.input.withUnsafeBufferPointer { bits in
      team.run(given.count) { sample in
        cn_unpack_bits(
          grid, bits.baseAddress! + sample * bytes, input.pointer + sample * grid.haloed)
      }
    }
  }

  private func parameters(of block: Block) -> NormalizedActivation.Parameters {
    func at(_ offset: Int?) -> UnsafeMutablePointer<Float>? { offset.map { arena.pointer + $0 } }
    let slope: Float
    switch architecture.activation {
    case .prelu: slope = arena.pointer[block.slope!]
    case .relu: slope = 0
    case .leakyReLU(let fixed): slope = fixed
    }
    return .init(
      convolutionBias: arena.pointer + block.bias, weight: at(block.normWeight),
      bias: at(block.normBias), runningMean: at(block.runningMean),
      runningVariance: at(block.runningVariance), slope: slope)
  }

  private func gradients(of block: Block) -> NormalizedActivation.Gradients {
    func at(_ offset: Int?) -> UnsafeMutablePointer<Float>? {
      offset.map { gradientArena.pointer + $0 }
    }
    return .init(
      convolutionBias: gradientArena.pointer + block.bias, weight: at(block.normWeight),
      bias: at(block.normBias), slope: at(block.slope))
  }

  private func encodeForward(_ count: Int) {
    var x = input.pointer
    for index in 0..<encoder.count {
      let block = encoder[index]
      let weights = arena.pointer + block.weight
      switch block.link {
      case .single(let link):
        link.down(x, weights: weights, to: block.y.pointer, samples: count, kernels, team)
      case .strided(let link):
        link.down(x, weights: weights, to: block.y.pointer, samples: count, kernels, team)
      }
      let a = (index == encoder.count - 1 ? features : gradient).pointer
      block.norm.forward(
        block.y.pointer, to: a, parameters(of: block), samples: count, learning: true, kernels,
        team)
      x = a
    }
  }

  /// Forms the block's output again, in the buffer of the next gradient.
  private func activated(_ block: Block, _ count: Int) -> UnsafeMutablePointer<Float> {
    block.norm.activate(
      block.y.pointer, to: otherGradient.pointer, parameters(of: block), samples: count, kernels,
      team)
    return otherGradient.pointer
  }

  private func decodeForward(_ count: Int) {
    latent.decode(count: count, arena.pointer, kernels, team)
    var x = latent.hidden.pointer
    for index in 0..<decoder.count {
      let block = decoder[index]
      guard case .strided(let link) = block.link else { continue }
      link.packForUp(arena.pointer + block.weight, team)
      link.up(x, to: block.y.pointer, samples: count, kernels, team)
      block.norm.forward(
        block.y.pointer, to: gradient.pointer, parameters(of: block), samples: count,
        learning: true, kernels, team)
      x = gradient.pointer
    }
    // Softmax over two classes depends on the difference of their logits alone.
    let (weight, bias) = headOffsets
    let size = headWeights.count / 2
    let both = arena.pointer + weight
    for i in 0..<size { headWeights.pointer[i] = both[size + i] - both[i] }
    head.up(
      x, weights: headWeights.pointer, bias: arena.pointer[bias + 1] - arena.pointer[bias],
      to: output.pointer, samples: count, kernels, team)
  }

  private func decodeBackward(_ count: Int) {
    // Forward left the last block's output there.
    let x = decoder.isEmpty ? latent.hidden.pointer : gradient.pointer
    let (weight, bias) = headOffsets
    let size = headWeights.count / 2
    let both = gradientArena.pointer + weight
    head.weightGradient(
      fine: output.pointer, coarse: x, to: both + size, samples: count, kernels, team)
    for i in 0..<size { both[i] = -both[size + i] }
    var sum = 0.0
    for i in 0..<count * grid.haloed { sum += Double(output.pointer[i]) }
    gradientArena.pointer[bias + 1] = Float(sum)
    gradientArena.pointer[bias] = Float(-sum)
    head.down(
      output.pointer, weights: headWeights.pointer, to: otherGradient.pointer, samples: count,
      kernels, team)
    swap(&gradient, &otherGradient)
    for index in stride(from: decoder.count - 1, through: 0, by: -1) {
      let block = decoder[index]
      guard case .strided(let link) = block.link else { continue }
      block.norm.backward(
        block.y.pointer, gradient: gradient.pointer, parameters(of: block), gradients(of: block),
        samples: count, kernels, team)
      let x = index == 0 ? latent.hidden.pointer : activated(decoder[index - 1], count)
      link.weightGradient(
        fine: gradient.pointer, coarse: x, to: gradientArena.pointer + block.weight,
        samples: count, kernels, team)
      link.down(
        gradient.pointer, weights: arena.pointer + block.weight, to: otherGradient.pointer,
        samples: count, kernels, team)
      swap(&gradient, &otherGradient)
    }
  }

  private func encodeBackward(_ count: Int) {
    for index in stride(from: encoder.count - 1, through: 0, by: -1) {
      let block = encoder[index]
      block.norm.backward(
        block.y.pointer, gradient: gradient.pointer, parameters(of: block), gradients(of: block),
        samples: count, kernels, team)
      let dw = gradientArena.pointer + block.weight
      switch block.link {
      case .single(let link):
        link.weightGradient(
          fine: input.pointer, coarse: gradient.pointer, to: dw, samples: count, kernels, team)
      case .strided(let link):
        link.weightGradient(
          fine: activated(encoder[index - 1], count), coarse: gradient.pointer, to: dw,
          samples: count, kernels, team)
        link.packForUp(arena.pointer + block.weight, team)
        link.up(
          gradient.pointer, to: otherGradient.pointer, samples: count, kernels, team)
        swap(&gradient, &otherGradient)
      }
    }
  }

  private func update(_ settings: StepSettings, _ losses: inout StepLosses) {
    // Running statistics have no gradient: their share of the arena stays 0.
    let size = 65536
    let parts = (layout.count + size - 1) / size
    let partial = latent.partialSums(parts)
    team.run(parts) { part in
      partial[part] = kernels.pointee.sum_of_squares(
        gradientArena.pointer + part * size, Int64(min(size, layout.count - part * size)))
    }
    var squares = 0.0
    for part in 0..<parts { squares += partial[part] }
    losses.gradientNorm = squares.squareRoot()
    guard losses.isFinite else { return }
    steps += 1
    let adam = cn_adam(settings, steps: steps, gradientNorm: losses.gradientNorm)
    for stretch in 0..<learned.count {
      let (offset, count) = learned[stretch]
      let parts = (count + size - 1) / size
      team.run(parts) { part in
        let at = offset + part * size
        var settings = adam
        kernels.pointee.adam(
          &settings, arena.pointer + at, gradientArena.pointer + at, firstMoments.pointer + at,
          secondMoments.pointer + at, Int64(min(size, count - part * size)))
      }
    }
  }
}
