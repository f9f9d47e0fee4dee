import Completion
public import Errors
public import NeuralEngine

extension TrainedBetaVAE {
  /// The model on a device, ready to encode and decode.
  ///
  /// - Parameter minibatch: masks or latents at once, at most.
  /// - Throws: `Diagnostic` where the device cannot build it.
  public func network(on engine: any Engine, minibatch: Int = 1, threads: Int)
    throws(Diagnostic) -> BetaVAENetwork
  {
    BetaVAENetwork(
      try engine.inferenceNetwork(
        architecture, parameters: parameters, minibatch: minibatch, threads: threads),
      model: self, minibatch: minibatch)
  }

  /// Bytes that ``network(on:minibatch:threads:)`` takes; `Int.max` where none can be built.
  public func networkBytes(on engine: any Engine, minibatch: Int = 1) -> Int {
    engine.inferenceBytes(architecture, minibatch: minibatch)
  }
}

/// A β-VAE on a device. Not safe to share between threads.
public final class BetaVAENetwork {
  /// The model whose weights the network has.
  public let model: TrainedBetaVAE
  /// Masks or latents at once, at most; more are worked through in turn.
  public let minibatch: Int
  private let network: any InferenceNetwork

  init(_ network: any InferenceNetwork, model: TrainedBetaVAE, minibatch: Int) {
    (self.network, self.model, self.minibatch) = (network, model, minibatch)
  }

  /// Posterior means and log variances of masks.
  ///
  /// *Shape*: `masks` as ``PackedMasks``; results (sample, dimension).
  public func encode(_ masks: [UInt8], count: Int) -> (mean: [Float], logVariance: [Float]) {
    let bytes = PackedMasks.byteCount(voxels: model.architecture.voxels)
    precondition(masks.count == count * bytes, "masks of another size")
    if count <= minibatch { return network.encode(masks, count: count) }
    var mean: [Float] = []
    var logVariance: [Float] = []
    for first in stride(from: 0, to: count, by: minibatch) {
      let last = min(count, first + minibatch)
      let part = network.encode(Array(masks[first * bytes..<last * bytes]), count: last - first)
      mean += part.mean
      logVariance += part.logVariance
    }
    return (mean, logVariance)
  }

  /// The latents of masks in the model's ``LatentMode``.
  ///
  /// - Parameter seed: what the noise of ``LatentMode/sample`` depends on, with the sample's place.
  public func latents(of masks: [UInt8], count: Int, seed: UInt64 = 0) -> [Float] {
    let (mean, logVariance) = encode(masks, count: count)
    let mode = model.latentMode
    let noise =
      mode == .sample
      ? RandomNumbers(seed: seed, .noise).normal(count: mean.count)
      : [Float](repeating: 0, count: mean.count)
    return mean.indices.map {
      mode.latent(mean: mean[$0], logVariance: logVariance[$0], noise: noise[$0])
    }
  }

  /// Probabilities of the foreground, [0, 1].
  ///
  /// *Shape*: `latents` (sample, dimension); the result (sample, x, y, z), z fastest; see
  /// ``PackedMasks/volume(_:on:)``.
  public func decode(_ latents: [Float], count: Int) -> [Float] {
    let size = model.architecture.latentSize
    precondition(latents.count == count * size, "latents of another size")
    if count <= minibatch { return network.decode(latents, count: count) }
    var probabilities: [Float] = []
    probabilities.reserveCapacity(count * model.architecture.voxels)
    for first in stride(from: 0, to: count, by: minibatch) {
      let last = min(count, first + minibatch)
      probabilities += network.decode(
        Array(latents[first * size..<last * size]), count: last - first)
    }
    return probabilities
  }

  /// Shapes drawn from the prior: z ~ N(0, I), decoded.
  ///
  /// - Returns: the latents (sample, dimension) and the probabilities (sample, x, y, z), z fastest.
  public func sample(count: Int, seed: UInt64) -> (latents: [Float], probabilities: [Float]) {
    let latents = RandomNumbers(seed: seed, .sampling).normal(
      count: count * model.architecture.latentSize)
    return (latents, decode(latents, count: count))
  }
}
