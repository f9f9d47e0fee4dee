import CNeuralKernels
import Glibc
import MessagePassing

/// What lies between encoder and decoder: two linear layers to mean and log variance, the
/// reparameterization, a linear layer and ReLU to the decoder's first features.
///
/// *Shape*: latents are (sample, dimension); features (sample, blocked feature).
final class LatentLayer {
  let size: Int
  let features: Int
  let mean: AlignedBuffer
  let logVariance: AlignedBuffer
  let z: AlignedBuffer
  /// The decoder's first features.
  let hidden: AlignedBuffer
  private let noise: AlignedBuffer
  let zGradient: AlignedBuffer
  private let meanGradient: AlignedBuffer
  private let logVarianceGradient: AlignedBuffer
  private let meanDivergence: AlignedBuffer
  private let meanWeight: (weight: Int, bias: Int)?
  private let logVarianceWeight: (weight: Int, bias: Int)?
  private let decodeWeight: (weight: Int, bias: Int)
  private let sums: UnsafeMutablePointer<Double>
  private let sumCount: Int
  /// Whose samples count in means over the minibatch; nil: only the own.
  var ranks: (any RankGroup)?

  init(size: Int, features: Int, minibatch: Int, layout: ParameterLayout) {
    self.size = size
    self.features = features
    func latents() -> AlignedBuffer { AlignedBuffer(minibatch * size) }
    mean = latents()
    logVariance = latents()
    z = latents()
    noise = latents()
    zGradient = latents()
    meanGradient = latents()
    logVarianceGradient = latents()
    meanDivergence = AlignedBuffer(size)
    hidden = AlignedBuffer(minibatch * features)
    func offsets(_ name: String) -> (Int, Int)? {
      layout.offset(of: "\(name).weight").map { ($0, layout.offset(of: "\(name).bias")!) }
    }
    meanWeight = offsets("mu")
    logVarianceWeight = offsets("logvar")
    decodeWeight = offsets("decodeL")!
    sumCount = layout.count / 65536 + 1
    sums = .allocate(capacity: sumCount)
    sums.initialize(repeating: 0, count: sumCount)
  }

  deinit { sums.deallocate() }

  /// Bytes of a layer's buffers.
  static func bytes(size: Int, features: Int, minibatch: Int, parameters: Int) -> Int {
    (minibatch * (7 * size + features) + size) * 4 + (parameters / 65536 + 1) * 8
  }

  /// Where the decoder's linear layer begins among the parameters.
  var decoderOffset: Int { decodeWeight.weight }
  /// Where the two layers of mean and log variance begin; 0 of a decoder alone.
  var encoderOffset: Int { meanWeight?.weight ?? 0 }

  /// Room for one sum a part of the parameters.
  func partialSums(_ count: Int) -> UnsafeMutablePointer<Double> {
    precondition(count <= sumCount, "more parts than planned")
    return sums
  }

  private static let columnsPerTask = 1024

  /// Mean, log variance, and z = mean + e^(log variance / 2) · noise.
  func encode(
    features x: UnsafePointer<Float>, noise given: [Float], count: Int,
    _ arena: UnsafePointer<Float>, _ kernels: UnsafePointer<cn_kernels>, _ team: Team
  ) {
    posterior(of: x, count: count, arena, kernels, team)
    for i in 0..<count * size {
      noise.pointer[i] = given[i]
      z.pointer[i] = mean.pointer[i] + expf(0.5 * logVariance.pointer[i]) * given[i]
    }
  }

  /// Mean and log variance.
  func posterior(
    of x: UnsafePointer<Float>, count: Int, _ arena: UnsafePointer<Float>,
    _ kernels: UnsafePointer<cn_kernels>, _ team: Team
  ) {
    let size = size
    let features = features
    team.run(2 * count) { task in
      let sample = task / 2
      let (weight, bias) = (task % 2 == 0 ? meanWeight : logVarianceWeight)!
      let out = (task % 2 == 0 ? mean : logVariance).pointer + sample * size
      kernels.pointee.rows_dot(
        arena + weight, arena + bias, x + sample * features, Int64(features), 0, Int64(size), out)
    }
  }

  /// −½ Σ (1 + log σ² − μ² − σ²) in nats, over minibatch and dimensions.
  func divergence(count: Int) -> Double {
    var sum = 0.0
    for i in 0..<count * size {
      let (m, v) = (Double(mean.pointer[i]), Double(logVariance.pointer[i]))
      sum += 1 + v - m * m - exp(v)
    }
    return -0.5 * sum
  }

  /// hidden = ReLU(W z + b).
  func decode(
    count: Int, _ arena: UnsafePointer<Float>, _ kernels: UnsafePointer<cn_kernels>, _ team: Team
  ) {
    let tasks = (features + Self.columnsPerTask - 1) / Self.columnsPerTask
    let features = features
    let size = size
    team.run(count * tasks) { task in
      let sample = task / tasks
      let begin = task % tasks * Self.columnsPerTask
      let end = min(features, begin + Self.columnsPerTask)
      let out = hidden.pointer + sample * features
      kernels.pointee.rows_combine(
        arena + decodeWeight.weight, arena + decodeWeight.bias, z.pointer + sample * size,
        Int64(size), Int64(features), Int64(begin), Int64(end), out)
      // A NaN goes through.
      for i in begin..<end where out[i] < 0 { out[i] = 0 }
    }
  }

  /// Gradients of the decoder's linear layer and of z.
  func backwardDecoder(
    gradient: UnsafeMutablePointer<Float>, count: Int, _ arena: UnsafePointer<Float>,
    _ gradients: UnsafeMutablePointer<Float>, _ kernels: UnsafePointer<cn_kernels>, _ team: Team
  ) {
    let features = features
    let size = size
    for i in 0..<count * features where hidden.pointer[i] <= 0 { gradient[i] = 0 }
    let bias = gradients + decodeWeight.bias
    for f in 0..<features {
      var sum: Float = 0
      for sample in 0..<count { sum += gradient[sample * features + f] }
      bias[f] = sum
    }
    team.run(size) { row in
      kernels.pointee.rows_outer(
        z.pointer, gradient, Int64(count), Int64(size), Int64(features), Int64(row),
        Int64(row + 1), gradients + decodeWeight.weight)
    }
    team.run(count) { sample in
      kernels.pointee.rows_dot(
        arena + decodeWeight.weight, nil, gradient + sample * features, Int64(features), 0,
        Int64(size), zGradient.pointer + sample * size)
    }
  }

  /// Gradients of mean and log variance, of their layers, and of the encoder's features.
  func backwardEncoder(
    features x: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    settings: StepSettings, count: Int, _ arena: UnsafePointer<Float>,
    _ gradients: UnsafeMutablePointer<Float>, _ kernels: UnsafePointer<cn_kernels>, _ team: Team
  ) {
    let features = features
    let size = size
    if settings.freeBits > 0 { setMeanDivergence(count: count) }
    for d in 0..<size {
      var beta = settings.beta
      if settings.freeBits > 0, meanDivergence.pointer[d] < settings.freeBits { beta = 0 }
      for sample in 0..<count {
        let i = sample * size + d
        let variance = expf(logVariance.pointer[i])
        let dz = zGradient.pointer[i]
        meanGradient.pointer[i] = dz + beta * mean.pointer[i]
        logVarianceGradient.pointer[i] =
          dz * noise.pointer[i] * 0.5 * variance.squareRoot() + beta * 0.5 * (variance - 1)
      }
    }
    func layer(_ d: AlignedBuffer, _ offsets: (weight: Int, bias: Int)) {
      for l in 0..<size {
        var sum: Float = 0
        for sample in 0..<count { sum += d.pointer[sample * size + l] }
        gradients[offsets.bias + l] = sum
      }
      team.run(size) { row in
        kernels.pointee.rows_outer(
          d.pointer, x, Int64(count), Int64(size), Int64(features), Int64(row), Int64(row + 1),
          gradients + offsets.weight)
      }
    }
    layer(meanGradient, meanWeight!)
    layer(logVarianceGradient, logVarianceWeight!)
    let tasks = (features + Self.columnsPerTask - 1) / Self.columnsPerTask
    team.run(count * tasks) { task in
      let sample = task / tasks
      let begin = task % tasks * Self.columnsPerTask
      let end = Int64(min(features, begin + Self.columnsPerTask))
      let out = gradient + sample * features
      kernels.pointee.rows_combine(
        arena + meanWeight!.weight, nil, meanGradient.pointer + sample * size, Int64(size),
        Int64(features), Int64(begin), end, out)
      kernels.pointee.rows_combine(
        arena + logVarianceWeight!.weight, out, logVarianceGradient.pointer + sample * size,
        Int64(size), Int64(features), Int64(begin), end, out)
    }
  }

  /// The divergence of each dimension into `meanDivergence`, mean over the samples of all ranks.
  private func setMeanDivergence(count: Int) {
    for d in 0..<size { meanDivergence.pointer[d] = divergence(dimension: d, count: count) }
    var samples = Float(count)
    if let ranks {
      var sums = (0..<size).map { Double(meanDivergence.pointer[$0]) } + [Double(count)]
      ranks.sum(&sums)
      for d in 0..<size { meanDivergence.pointer[d] = Float(sums[d]) }
      samples = Float(sums[size])
    }
    for d in 0..<size { meanDivergence.pointer[d] /= samples }
  }

  private func divergence(dimension: Int, count: Int) -> Float {
    var sum: Float = 0
    for sample in 0..<count {
      let i = sample * size + dimension
      let (m, v) = (mean.pointer[i], logVariance.pointer[i])
      sum += 0.5 * (m * m + expf(v) - 1 - v)
    }
    return sum
  }
}
