import CNeuralKernels

/// Normalization and activation of a block, in one pass each way.
///
/// *Shape*: everything per channel is [block][16]; with instance normalization the statistics are
/// [sample][block][16]. Channels beyond the last have scale and shift 0, so they stay 0.
final class NormalizedActivation {
  let normalization: Architecture.Normalization
  let blocks: Int
  let channels: Int
  /// Voxels of a sample.
  let voxels: Int
  private let scale: AlignedBuffer
  private let shift: AlignedBuffer
  private let mean: AlignedBuffer
  private let inverse: AlignedBuffer
  private let factor: AlignedBuffer
  private let offset: AlignedBuffer
  private let tilt: AlignedBuffer
  /// Three sums for each lane of each sample and block.
  private let sums: UnsafeMutablePointer<Double>

  /// The ε under the root, as in the reference network.
  static let epsilon = 1e-5
  /// How much of a step's statistics the running statistics take.
  static let momentum: Float = 0.1

  init(
    _ normalization: Architecture.Normalization, channels: Int, voxels: Int, samples: Int
  ) {
    self.normalization = normalization
    self.channels = channels
    self.voxels = voxels
    blocks = channelBlocks(channels)
    let groups = (normalization == .instance ? samples : 1) * blocks * 16
    scale = AlignedBuffer(groups)
    shift = AlignedBuffer(groups)
    mean = AlignedBuffer(groups)
    inverse = AlignedBuffer(groups)
    factor = AlignedBuffer(groups)
    offset = AlignedBuffer(groups)
    tilt = AlignedBuffer(groups)
    sums = .allocate(capacity: samples * blocks * 48)
    sums.initialize(repeating: 0, count: samples * blocks * 48)
  }

  deinit { sums.deallocate() }

  /// Bytes of a block's statistics and sums.
  static func bytes(
    _ normalization: Architecture.Normalization, channels: Int, samples: Int
  ) -> Int {
    let blocks = channelBlocks(channels)
    return (normalization == .instance ? samples : 1) * blocks * 16 * 7 * 4
      + samples * blocks * 48 * 8
  }

  /// The block's own parameters; which are there depends on the normalization.
  struct Parameters {
    /// The convolution's bias. Before a normalization it changes nothing but the running mean.
    var convolutionBias: UnsafeMutablePointer<Float>
    var weight: UnsafeMutablePointer<Float>?
    var bias: UnsafeMutablePointer<Float>?
    var runningMean: UnsafeMutablePointer<Float>?
    var runningVariance: UnsafeMutablePointer<Float>?
    /// The activation's slope: learned, or fixed.
    var slope: Float
  }

  /// Offset of a sample's and block's statistics.
  private func group(_ sample: Int, _ block: Int) -> Int {
    (normalization == .instance ? sample * blocks + block : block) * 16
  }

  /// a = activation(normalize(y)); statistics of this minibatch are kept for `backward` and, with
  /// `learning`, enter the running ones.
  func forward(
    _ y: UnsafePointer<Float>, to a: UnsafeMutablePointer<Float>, _ parameters: Parameters,
    samples: Int, learning: Bool, _ kernels: UnsafePointer<cn_kernels>, _ team: Team
  ) {
    let size = voxels * 16
    if normalization == .none {
      for c in 0..<blocks * 16 {
        scale.pointer[c] = c < channels ? 1 : 0
        inverse.pointer[c] = 1
        shift.pointer[c] = c < channels ? parameters.convolutionBias[c] : 0
      }
    } else {
      team.run(samples * blocks) { task in
        kernels.pointee.moments(
          y + task * size, Int64(voxels), sums + task * 48, sums + task * 48 + 16)
      }
      setStatistics(parameters, samples: samples, learning: learning)
    }
    activate(y, to: a, parameters, samples: samples, kernels, team)
  }

  /// a = activation(normalize(y)) with the statistics of the last `forward`.
  func activate(
    _ y: UnsafePointer<Float>, to a: UnsafeMutablePointer<Float>, _ parameters: Parameters,
    samples: Int, _ kernels: UnsafePointer<cn_kernels>, _ team: Team
  ) {
    let size = voxels * 16
    team.run(samples * blocks) { task in
      let g = group(task / blocks, task % blocks)
      kernels.pointee.affine_activation(
        y + task * size, Int64(voxels), scale.pointer + g, shift.pointer + g, parameters.slope,
        a + task * size)
    }
  }

  private func setStatistics(_ parameters: Parameters, samples: Int, learning: Bool) {
    let isBatch = normalization == .batch
    let groups = isBatch ? 1 : samples
    let members = isBatch ? samples : 1
    let count = Double(members * voxels)
    for group in 0..<groups {
      for c in 0..<channels {
        var (sum, squares) = (0.0, 0.0)
        for member in 0..<members {
          let at = ((group + member) * blocks + c / 16) * 48 + c % 16
          sum += sums[at]
          squares += sums[at + 16]
        }
        let average = sum / count
        let variance = max(0, squares / count - average * average)
        let root = 1 / (variance + Self.epsilon).squareRoot()
        let at = group * blocks * 16 + c
        mean.pointer[at] = Float(average)
        inverse.pointer[at] = Float(root)
        let k = Double(parameters.weight?[c] ?? 1) * root
        scale.pointer[at] = Float(k)
        shift.pointer[at] = Float(Double(parameters.bias?[c] ?? 0) - average * k)
        if learning, isBatch, let running = parameters.runningMean,
          let variances = parameters.runningVariance
        {
          let unbiased = Float(variance * count / max(1, count - 1))
          let observed = Float(average) + parameters.convolutionBias[c]
          running[c] += Self.momentum * (observed - running[c])
          variances[c] += Self.momentum * (unbiased - variances[c])
        }
      }
    }
  }

  /// Gradients of the block's own parameters; null where a block has none.
  struct Gradients {
    var convolutionBias: UnsafeMutablePointer<Float>
    var weight: UnsafeMutablePointer<Float>?
    var bias: UnsafeMutablePointer<Float>?
    var slope: UnsafeMutablePointer<Float>?
  }

  /// Turns the gradient of a into that of y, in place.
  func backward(
    _ y: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, _ parameters: Parameters,
    _ gradients: Gradients, samples: Int, _ kernels: UnsafePointer<cn_kernels>, _ team: Team
  ) {
    let size = voxels * 16
    team.run(samples * blocks) { task in
      let g = group(task / blocks, task % blocks)
      kernels.pointee.activation_sums(
        y + task * size, gradient + task * size, Int64(voxels), scale.pointer + g,
        shift.pointer + g, mean.pointer + g, inverse.pointer + g, parameters.slope,
        sums + task * 48, sums + task * 48 + 16, sums + task * 48 + 32)
    }
    setTilts(parameters, gradients, samples: samples)
    team.run(samples * blocks) { task in
      let g = group(task / blocks, task % blocks)
      kernels.pointee.activation_gradient(
        y + task * size, gradient + task * size, Int64(voxels), scale.pointer + g,
        shift.pointer + g, mean.pointer + g, inverse.pointer + g, parameters.slope,
        factor.pointer + g, offset.pointer + g, tilt.pointer + g)
    }
  }

  private func setTilts(_ parameters: Parameters, _ gradients: Gradients, samples: Int) {
    let isInstance = normalization == .instance
    let groups = isInstance ? samples : 1
    let members = isInstance ? 1 : samples
    let count = Double(members * voxels)
    var slopeGradient = 0.0
    for group in 0..<groups {
      for c in 0..<channels {
        var (du, tilted) = (0.0, 0.0)
        for member in 0..<members {
          let at = ((group + member) * blocks + c / 16) * 48 + c % 16
          du += sums[at]
          tilted += sums[at + 16]
          slopeGradient += sums[at + 32]
        }
        let at = group * blocks * 16 + c
        switch normalization {
        case .none:
          factor.pointer[at] = 1
          gradients.convolutionBias[c] = Float(du)
        case .batch, .instance:
          factor.pointer[at] = scale.pointer[at]
          offset.pointer[at] = Float(du / count)
          tilt.pointer[at] = Float(tilted / count)
          // A constant before a normalization changes nothing.
          gradients.convolutionBias[c] = 0
          gradients.weight?[c] = Float(tilted)
          gradients.bias?[c] = Float(du)
        }
      }
    }
    gradients.slope?.pointee = Float(slopeGradient)
  }
}
