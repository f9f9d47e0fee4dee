import CNeuralKernels
import Errors
import MessagePassing

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
  let architecture: Architecture
  private let minibatch: Int
  let decoderOnly: Bool
  let kernels: UnsafePointer<cn_kernels>
  let team: Team
  private let layout: ParameterLayout
  let arena: AlignedBuffer
  let gradientArena: AlignedBuffer
  private let firstMoments: AlignedBuffer
  private let secondMoments: AlignedBuffer
  private(set) var steps = 0

  let encoder: [TrainableBlock]
  let decoder: [TrainableBlock]
  /// The last convolution of the decoder, and the difference of its two classes' weights.
  let head: SingleChannelLink
  let headWeights: AlignedBuffer
  let headOffsets: (weight: Int, bias: Int)
  /// Stretches of learned tensors, so that weight decay leaves the running statistics alone.
  private let learned: [(offset: Int, count: Int)]
  /// Input, target and logit differences, each with a halo.
  let input: AlignedBuffer
  private let target: AlignedBuffer
  let output: AlignedBuffer
  /// The encoder's output.
  let features: AlignedBuffer
  var gradient: AlignedBuffer
  var otherGradient: AlignedBuffer
  let latent: LatentLayer
  private let diceLoss: DiceLoss
  let grid: cn_grid
  /// The other ranks that it learns with; nil: it learns alone.
  let exchange: GradientExchange?

  init(
    _ architecture: Architecture, minibatch: Int, decoderOnly: Bool,
    kernels: UnsafePointer<cn_kernels>, threads: Int, parallelism: DataParallelism? = nil
  ) {
    self.architecture = architecture
    self.minibatch = minibatch
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

    encoder = (decoderOnly ? 0..<0 : 0..<levels).map {
      TrainableBlock(encoder: $0, of: architecture, layout, minibatch: minibatch)
    }
    decoder = (1..<levels).reversed().map {
      TrainableBlock(decoder: $0, of: architecture, layout, minibatch: minibatch)
    }
    head = SingleChannelLink(finestOf: architecture, samples: minibatch)
    headWeights = AlignedBuffer(
      2 * SingleChannelLink.weightCount(coarseChannels: architecture.channels[0]))
    let stem = "decode.decode_\(levels - 1).conv.conv"
    headOffsets = (
      layout.offset(of: stem + ".weight")!, layout.offset(of: stem + ".bias")!
    )
    learned = layout.segments.filter(\.isLearned).map { ($0.offset, $0.count) }
    input = AlignedBuffer(decoderOnly ? 0 : minibatch * grid.haloed)
    target = AlignedBuffer(minibatch * grid.haloed)
    output = AlignedBuffer(minibatch * grid.haloed)
    let sizes = architecture.channels.indices.map { architecture.blockedCount(ofLevel: $0) }
    features = AlignedBuffer(encoder.last?.y.count ?? 0)
    gradient = AlignedBuffer(minibatch * sizes.max()!)
    otherGradient = AlignedBuffer(minibatch * sizes.max()!)
    latent = LatentLayer(
      size: architecture.latentSize, features: sizes.last!, minibatch: minibatch, layout: layout)
    diceLoss = DiceLoss(grid, samples: minibatch)
    latent.ranks = parallelism?.ranks
    exchange = parallelism.map { [gradientArena] in GradientExchange($0, gradientArena) }
    if let parallelism, parallelism.synchronizesNormalization {
      for block in encoder + decoder { block.norm.ranks = parallelism.ranks }
    }
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

  func step(_ given: Minibatch, _ settings: StepSettings, into losses: inout StepLosses) {
    let count = given.count
    // Of several ranks one may have no sample of an epoch's last minibatch: it sends zeros.
    precondition(
      ((exchange == nil ? 1 : 0)...minibatch).contains(count), "a minibatch of another size")
    precondition(given.noise.count == count * architecture.latentSize, "noise of another size")
    losses.clear()
    load(given)
    if decoderOnly {
      given.noise.withUnsafeBufferPointer {
        guard let latents = $0.baseAddress else { return }
        latent.z.pointer.update(from: latents, count: $0.count)
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
    exchange?.isReady(from: latent.decoderOffset)
    if !decoderOnly {
      latent.backwardEncoder(
        features: features.pointer, gradient: gradient.pointer, settings: settings,
        count: count, arena.pointer, gradientArena.pointer, kernels, team)
      exchange?.isReady(from: latent.encoderOffset)
      encodeBackward(count)
    }
    if let exchange {
      var sums = [losses.dice, losses.divergence]
      exchange.ranks.sum(&sums)
      (losses.dice, losses.divergence) = (sums[0], sums[1])
      exchange.finish()
    }
    update(settings, &losses)
    if let exchange, !exchange.synchronizesNormalization {
      averageRunningStatistics(exchange.ranks, samples: count)
    }
  }

  /// Makes the running statistics of all ranks their mean, each as much as it had samples in the step: those of a
  /// rank without any are a step behind.
  private func averageRunningStatistics(_ ranks: any RankGroup, samples: Int) {
    let running = layout.segments.filter { !$0.isLearned }
    var values = running.flatMap { segment in
      (0..<segment.count).map { Double(samples) * Double(arena.pointer[segment.offset + $0]) }
    }
    values.append(Double(samples))
    ranks.sum(&values)
    let all = values.removeLast()
    var next = values.makeIterator()
    for segment in running {
      for i in 0..<segment.count {
        arena.pointer[segment.offset + i] = Float(next.next()! / all)
      }
    }
  }

  private func load(_ given: Minibatch) {
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
