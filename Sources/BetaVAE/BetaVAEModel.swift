public import Completion
internal import Concurrency
import Errors
public import NeuralEngine
public import Volumes

/// A ``TrainedBetaVAE`` on an engine, as the stages take it.
public struct BetaVAEModel: LatentShapeModel {
  /// The kind that model files and accounts state: `beta-vae`.
  public static let identifier = ModelFile.kind

  /// The network and its statistics.
  public let network: TrainedBetaVAE
  /// The device that sessions run on.
  public let engine: any Engine
  /// The parameters on the device: made for the first session, shared by all, gone with the model.
  private let weights = Guarded<(any InferenceWeights)?>(nil)

  public init(_ network: TrainedBetaVAE, on engine: any Engine) {
    (self.network, self.engine) = (network, engine)
  }

  /// Voxels along x, y, z of what the model sees.
  public var inputShape: GridSize {
    let shape = network.architecture.inputShape
    return GridSize(shape.x, shape.y, shape.z)
  }
  /// The number of dimensions of a latent.
  public var latentSize: Int { network.architecture.latentSize }
  /// What the decoder was trained on.
  public var latentMode: LatentMode { network.latentMode }
  /// The classes that the model knows.
  public var classes: [LatentClass] { network.classes }

  /// The head and the latent mode, where the file is a state dict, which names neither.
  public var assumptions: [String] {
    network.provenance[ModelFile.assumedKey].map {
      [
        "the model is a state dict, which does not say how it was trained; taken for granted: "
          + "\($0); state them with `calvaria latent import`"
      ]
    } ?? []
  }

  /// The network with its weights, as if no other session shared them, and what goes in and out.
  public func sessionBytes(minibatch: Int) -> Int {
    network.networkBytes(on: engine, minibatch: minibatch) + minibatch * inputVoxels * 10
  }

  /// The network; the first session folds and packs the parameters for all.
  public func session(minibatch: Int, threads: Int) throws -> any LatentSession {
    let shared = try weights.withLock { weights in
      if let weights { return weights }
      let made = try engine.inferenceWeights(
        network.architecture, parameters: network.parameters, threads: threads)
      weights = made
      return made
    }
    return Session(
      BetaVAENetwork(
        try shared.network(minibatch: minibatch, threads: threads), model: network,
        minibatch: minibatch))
  }

  /// The decoder on the device, with weights of its own.
  public func decoderGradients(threads: Int) throws -> any DecoderGradients {
    try engine.decoderGradients(
      network.architecture, parameters: network.parameters, threads: threads)
  }

  /// As a decoder in training takes, and probabilities with their derivatives.
  public var gradientBytes: Int {
    engine.trainingBytes(network.architecture, minibatch: 1, decoderOnly: true) + inputVoxels * 16
  }

  private final class Session: LatentSession {
    private let network: BetaVAENetwork

    init(_ network: BetaVAENetwork) { self.network = network }

    func encode(_ masks: [Mask]) throws -> [Posterior] {
      let size = network.model.architecture.latentSize
      let (mean, logVariance) = network.encode(
        masks.flatMap { PackedMasks.pack($0) }, count: masks.count)
      try requireNumbers(mean + logVariance, "latent")
      return masks.indices.map { i in
        let range = i * size..<(i + 1) * size
        return Posterior(mean: Array(mean[range]), logVariance: Array(logVariance[range]))
      }
    }

    func decode(_ latents: [[Float]], on grid: Geometry) throws -> [Volume<Float>] {
      let voxels = grid.sizes.count
      var values = network.decode(latents.flatMap { $0 }, count: latents.count)
      try requireNumbers(values, "decoded skull")
      if network.model.architecture.head != .logits { values.settleTies() }
      return latents.indices.map {
        PackedMasks.volume(values[$0 * voxels..<($0 + 1) * voxels], on: grid)
      }
    }

    /// Weights may be finite and what comes of them not.
    private func requireNumbers(_ values: [Float], _ field: String) throws(Diagnostic) {
      guard let bad = values.first(where: { !$0.isFinite }) else { return }
      throw Diagnostic(
        .diverged, field: field, expected: "finite numbers", found: "\(bad)",
        remedy: "the model's weights are unusable; use another model")
    }
  }
}

extension [Float] {
  /// Behind a ReLU both classes are 0 wherever neither is likely. Of equal classes PyTorch's argmax takes the first, the
  /// background; as one half, such a voxel would be bone.
  fileprivate mutating func settleTies() {
    for i in indices where self[i] == 0.5 { self[i] = 0 }
  }
}
