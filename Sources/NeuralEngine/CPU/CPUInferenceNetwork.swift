import CNeuralKernels
import Errors
import Glibc

/// A variational autoencoder for inference on the processor: batch normalization is folded into the
/// weights, and shift and activation are applied before a convolution's output leaves the registers.
///
/// The weights are shared; what a network has of its own is what it writes to.
final class CPUInferenceNetwork: InferenceNetwork {
  private let weights: CPUInferenceWeights
  private let minibatch: Int
  private let team: Team
  private let latent: LatentLayer
  /// Instance normalization, whose statistics are those of the sample: for each block, or none.
  private let encoderNorms: [NormalizedActivation]
  private let decoderNorms: [NormalizedActivation]
  /// The input, or the logit differences, with a halo; for other heads than logits also those of
  /// both classes.
  private let planes: [AlignedBuffer]
  /// Outputs of the even levels, and of the odd ones: neighbours never share a buffer.
  private let outputs: [AlignedBuffer]
  private let grid: cn_grid

  private var architecture: Architecture { weights.architecture }
  private var kernels: UnsafePointer<cn_kernels> { weights.kernels }

  init(_ weights: CPUInferenceWeights, minibatch: Int, threads: Int) {
    (self.weights, self.minibatch) = (weights, minibatch)
    team = Team(threads: threads)
    let architecture = weights.architecture
    grid = cn_grid(architecture.inputShape)
    let sizes = architecture.channels.indices.map { architecture.blockedCount(ofLevel: $0) }
    latent = LatentLayer(
      size: architecture.latentSize, features: sizes.last!, minibatch: minibatch,
      layout: weights.layout)
    func norms(_ blocks: [FoldedBlock]) -> [NormalizedActivation] {
      guard architecture.normalization == .instance else { return [] }
      return blocks.map {
        NormalizedActivation(
          .instance, channels: $0.channels, voxels: $0.voxels, samples: minibatch)
      }
    }
    encoderNorms = norms(weights.encoder)
    decoderNorms = norms(weights.decoder)
    let haloed = minibatch * grid.haloed
    planes = weights.head.weights.map { _ in AlignedBuffer(haloed) }
    outputs = (0..<2).map { parity in
      let largest = sizes.indices.filter { $0 % 2 == parity }.map { sizes[$0] }.max() ?? 0
      return AlignedBuffer(minibatch * largest)
    }
  }

  /// Bytes that a network has of its own: the largest outputs of the even and of the odd levels, the
  /// decoder's first features, the planes.
  static func bytes(_ architecture: Architecture, minibatch: Int) -> Int {
    let outputs = architecture.channels.indices.map { architecture.blockedCount(ofLevel: $0) * 4 }
    let largest = (0..<2).reduce(0) { sum, parity in
      sum + (outputs.indices.filter { $0 % 2 == parity }.map { outputs[$0] }.max() ?? 0)
    }
    let haloed = cn_grid(architecture.inputShape).haloed * 4
    let copies = architecture.head == .logits ? 1 : 3
    return minibatch * (largest + (outputs.last ?? 0) + copies * haloed)
  }

  func encode(_ masks: [UInt8], count: Int) -> (mean: [Float], logVariance: [Float]) {
    precondition((1...minibatch).contains(count), "a minibatch of another size")
    let bytes = (architecture.voxels + 7) / 8
    precondition(masks.count == count * bytes, "masks of another size")
    let grid = grid
    masks.withUnsafeBufferPointer { bits in
      team.run(count) { sample in
        cn_unpack_bits(
          grid, bits.baseAddress! + sample * bytes, planes[0].pointer + sample * grid.haloed)
      }
    }
    let arena = weights.arena.pointer
    for (level, block) in weights.encoder.enumerated() {
      let to = outputs[level % 2].pointer
      let norm = encoderNorms.isEmpty ? nil : encoderNorms[level]
      switch block.link {
      case .single(let link):
        link.down(
          planes[0].pointer, weights: arena + block.weight, to: to, samples: count, kernels, team)
        if norm == nil { activate(to, block, count: count) }
      case .strided(let link):
        link.down(
          outputs[(level + 1) % 2].pointer, weights: arena + block.weight,
          shift: norm == nil ? UnsafePointer(block.shift.pointer) : nil, slope: block.slope,
          to: to, samples: count, kernels, team)
      }
      if let norm { normalize(to, block, norm, count: count) }
    }
    latent.posterior(
      of: outputs[(weights.encoder.count - 1) % 2].pointer, count: count, arena, kernels, team)
    let values = count * architecture.latentSize
    return (
      Array(UnsafeBufferPointer(start: latent.mean.pointer, count: values)),
      Array(UnsafeBufferPointer(start: latent.logVariance.pointer, count: values))
    )
  }

  func decode(_ latents: [Float], count: Int) -> [Float] {
    precondition((1...minibatch).contains(count), "a minibatch of another size")
    precondition(latents.count == count * architecture.latentSize, "latents of another size")
    latents.withUnsafeBufferPointer {
      latent.z.pointer.update(from: $0.baseAddress!, count: $0.count)
    }
    latent.decode(count: count, weights.arena.pointer, kernels, team)
    let decoder = weights.decoder
    var x = latent.hidden.pointer
    for (index, block) in decoder.enumerated() {
      guard case .strided(let link) = block.link else { continue }
      let to = outputs[(decoder.count - 1 - index) % 2].pointer
      let norm = decoderNorms.isEmpty ? nil : decoderNorms[index]
      link.up(
        x, shift: norm == nil ? UnsafePointer(block.shift.pointer) : nil,
        slope: block.slope, to: to, samples: count, kernels, team)
      if let norm { normalize(to, block, norm, count: count) }
      x = to
    }
    return probabilities(x, count: count)
  }

  /// Normalization, shift and activation in place, with the statistics of each sample.
  private func normalize(
    _ y: UnsafeMutablePointer<Float>, _ block: FoldedBlock, _ norm: NormalizedActivation,
    count: Int
  ) {
    let parameters = NormalizedActivation.Parameters(
      convolutionBias: block.shift.pointer, slope: block.slope)
    norm.forward(y, to: y, parameters, samples: count, learning: false, kernels, team)
  }

  /// Shift and activation in place, where a convolution has not done it.
  private func activate(_ y: UnsafeMutablePointer<Float>, _ block: FoldedBlock, count: Int) {
    let blocks = channelBlocks(block.channels)
    let ones = weights.ones.pointer
    team.run(count * blocks) { task in
      let at = y + task * block.voxels * 16
      kernels.pointee.affine_activation(
        at, Int64(block.voxels), ones, block.shift.pointer + task % blocks * 16, block.slope, at)
    }
  }

  private func probabilities(_ x: UnsafePointer<Float>, count: Int) -> [Float] {
    let head = weights.head
    for (plane, weights) in zip(planes, head.weights) {
      head.link.up(
        x, weights: weights, bias: head.bias, to: plane.pointer, samples: count, kernels, team)
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
          if head.kind == .logits {
            to.initialize(from: planes[0].pointer + row, count: shape.z)
          } else {
            let (first, second) = (planes[0].pointer + row, planes[1].pointer + row)
            for w in 0..<shape.z {
              (to + w).initialize(
                to: bone.logit(second[w], slope: head.slope)
                  - background.logit(first[w], slope: head.slope))
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
    let head = weights.head
    guard head.kind == .normalizedReluLogits, architecture.normalization == .instance else {
      return Array(repeating: (head.affines[0], head.affines[1]), count: samples)
    }
    let all = HeadNormalization.affines(
      of: planes.map { UnsafePointer($0.pointer) }, grid: grid, samples: samples, team)
    return (0..<samples).map { (all[2 * $0], all[2 * $0 + 1]) }
  }
}
