import CNeuralKernels
import MessagePassing

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
  /// Whose samples batch normalization counts as its own; nil: nobody's.
  var ranks: (any RankGroup)?
  /// Two sums a channel, then the number of samples: what the ranks add.
  private let totals: UnsafeMutableBufferPointer<Double>

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
    totals = .allocate(capacity: 2 * channels + 1)
    totals.initialize(repeating: 0)
  }

  deinit {
    sums.deallocate()
    totals.deallocate()
  }

  /// Bytes of a block's statistics and sums.
  static func bytes(
    _ normalization: Architecture.Normalization, channels: Int, samples: Int
  ) -> Int {
    let blocks = channelBlocks(channels)
    return (normalization == .instance ? samples : 1) * blocks * 16 * 7 * 4
      + samples * blocks * 48 * 8 + (2 * channels + 1) * 8
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
    for group in 0..<groups {
      addMembers(group..<group + members)
      if isBatch { ranks?.sum(totals) }
      let count = totals[2 * channels] * Double(voxels)
      // No rank normalizes by its own samples where it has none.
      guard count > 0 else { continue }
      for c in 0..<channels {
        let (sum, squares) = (totals[2 * c], totals[2 * c + 1])
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

  /// Adds the first two sums of samples, channel by channel, into `totals`.
  private func addMembers(_ members: Range<Int>) {
    for c in 0..<channels {
      var (first, second) = (0.0, 0.0)
      for member in members {
        let at = (member * blocks + c / 16) * 48 + c % 16
        first += sums[at]
        second += sums[at + 16]
      }
      totals[2 * c] = first
      totals[2 * c + 1] = second
    }
    totals[2 * channels] = Double(members.count)
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
    var slopeGradient = 0.0
    for group in 0..<groups {
      addMembers(group..<group + members)
      for c in 0..<channels {
        for member in group..<group + members {
          slopeGradient += sums[(member * blocks + c / 16) * 48 + c % 16 + 32]
        }
        // Those of the ranks are added with all other gradients.
        setGradients(gradients, c)
      }
      if normalization == .batch { ranks?.sum(totals) }
      let count = max(1, totals[2 * channels] * Double(voxels))
      for c in 0..<channels {
        let at = group * blocks * 16 + c
        guard normalization != .none else {
          factor.pointer[at] = 1
          continue
        }
        factor.pointer[at] = scale.pointer[at]
        offset.pointer[at] = Float(totals[2 * c] / count)
        tilt.pointer[at] = Float(totals[2 * c + 1] / count)
      }
    }
    gradients.slope?.pointee = Float(slopeGradient)
  }

  /// The gradients of a channel's own parameters, from `totals`.
  private func setGradients(_ gradients: Gradients, _ c: Int) {
    guard normalization != .none else {
      gradients.convolutionBias[c] = Float(totals[2 * c])
      return
    }
    // A constant before a normalization changes nothing.
    gradients.convolutionBias[c] = 0
    gradients.weight?[c] = Float(totals[2 * c + 1])
    gradients.bias?[c] = Float(totals[2 * c])
  }
}
