import MessagePassing

/// Forward and backward through the blocks. Both count where other code iterates, so that a step takes no
/// memory.
extension CPUTrainableNetwork {
  private func parameters(of block: TrainableBlock) -> NormalizedActivation.Parameters {
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

  private func gradients(of block: TrainableBlock) -> NormalizedActivation.Gradients {
    func at(_ offset: Int?) -> UnsafeMutablePointer<Float>? {
      offset.map { gradientArena.pointer + $0 }
    }
    return .init(
      convolutionBias: gradientArena.pointer + block.bias, weight: at(block.normWeight),
      bias: at(block.normBias), slope: at(block.slope))
  }

  func encodeForward(_ count: Int) {
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
  private func activated(_ block: TrainableBlock, _ count: Int) -> UnsafeMutablePointer<Float> {
    block.norm.activate(
      block.y.pointer, to: otherGradient.pointer, parameters(of: block), samples: count, kernels,
      team)
    return otherGradient.pointer
  }

  func decodeForward(_ count: Int) {
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

  func decodeBackward(_ count: Int) {
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
    exchange?.isReady(from: weight)
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
      exchange?.isReady(from: block.weight)
      link.down(
        gradient.pointer, weights: arena.pointer + block.weight, to: otherGradient.pointer,
        samples: count, kernels, team)
      exchange?.ranks.advance()
      swap(&gradient, &otherGradient)
    }
  }

  func encodeBackward(_ count: Int) {
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
        exchange?.isReady(from: block.weight)
        link.packForUp(arena.pointer + block.weight, team)
        link.up(
          gradient.pointer, to: otherGradient.pointer, samples: count, kernels, team)
        exchange?.ranks.advance()
        swap(&gradient, &otherGradient)
      }
    }
  }
}
