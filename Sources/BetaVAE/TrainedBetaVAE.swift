public import Completion
import Errors
public import NeuralEngine

/// A β-variational autoencoder of masks: architecture, parameters, and what was learned of its
/// latent space.
///
/// ```swift
/// let model = try TrainedBetaVAE(contentsOf: "model.safetensors")
/// let network = try model.network(on: engine, threads: 2)
/// let latents = network.latents(of: PackedMasks.pack(mask), count: 1)
/// let probabilities = network.decode(latents, count: 1)
/// ```
public struct TrainedBetaVAE: Hashable, Sendable {
  /// What an engine builds the network from.
  public let architecture: Architecture
  /// Its tensors, in the order of ``Architecture/parameterShapes(decoderOnly:)``.
  public let parameters: [Parameter]
  /// What stands for a mask in the latent space.
  public var latentMode: LatentMode
  /// What is known of the classes, in the order of training.
  public var classes: [LatentClass] = []
  /// The statistics that are folded into `decodeL`, for the record; nil: none.
  public var standardization: LatentStandardization?
  /// Where the model comes from, by key, such as `seed`; keys of small letters, digits and `._-`.
  public var provenance: [String: String] = [:]
  /// Steps that the encoder's and the decoder's normalizations have seen (`num_batches_tracked`).
  public var trackedBatches = TrackedBatches()

  /// Steps that running statistics have seen.
  public struct TrackedBatches: Hashable, Sendable {
    /// Steps that the normalizations of the encoder have seen.
    public var encoder: Int64 = 0
    /// Steps that the normalizations of the decoder have seen.
    public var decoder: Int64 = 0

    /// None, or as many as stated.
    public init(encoder: Int64 = 0, decoder: Int64 = 0) {
      (self.encoder, self.decoder) = (encoder, decoder)
    }
  }

  /// A model of an architecture and its tensors, in any order.
  ///
  /// - Throws: `Diagnostic` where the architecture cannot be built; ``Diagnostic`` where a tensor
  ///   is missing, of another shape, foreign, or holds a number that is not finite.
  public init(
    architecture: Architecture, parameters: [Parameter], latentMode: LatentMode = .mean,
    path: String = ""
  ) throws {
    try architecture.validate()
    let shapes = architecture.parameterShapes()
    var named: [String: Parameter] = [:]
    for parameter in parameters { named[parameter.name] = parameter }
    func wrong(_ name: String, _ expected: String, _ found: String) -> Diagnostic {
      Diagnostic(
        .malformed, path, field: "tensor \(name)", expected: expected, found: found,
        remedy: "choose a model of this architecture")
    }
    self.parameters = try shapes.map { name, shape in
      guard let parameter = named.removeValue(forKey: name) else {
        throw wrong(name, "a tensor of this name", "none")
      }
      guard parameter.shape == shape else {
        throw wrong(name, "the shape \(shape)", "\(parameter.shape)")
      }
      guard parameter.values.allSatisfy(\.isFinite) else {
        throw wrong(name, "finite numbers", "infinity or NaN")
      }
      if name.hasSuffix("running_var"), let least = parameter.values.min(), least < 0 {
        throw wrong(name, "variances of at least 0", "\(least)")
      }
      return parameter
    }
    if let foreign = named.keys.min() {
      throw wrong(foreign, "only tensors of the architecture", "it in the model")
    }
    self.architecture = architecture
    self.latentMode = latentMode
  }

  /// The tensors of the encoder with the two linear layers.
  public var encoder: [Parameter] { parameters.filter { Architecture.isEncoder($0.name) } }
  public var decoder: [Parameter] { parameters.filter { !Architecture.isEncoder($0.name) } }

  /// The model with another decoder, such as one trained on the latents of this encoder.
  ///
  /// - Parameter standardization: what the decoder expects to be done to latents first; it is folded
  ///   into the first layer, so the result is an ordinary autoencoder.
  /// - Throws: ``Diagnostic`` where the decoder is of another architecture.
  public func replacingDecoder(
    _ decoder: [Parameter], standardization: LatentStandardization?
  ) throws -> TrainedBetaVAE {
    var model = try TrainedBetaVAE(
      architecture: architecture,
      parameters: encoder + (standardization?.folded(into: decoder) ?? decoder),
      latentMode: latentMode)
    model.standardization = standardization
    model.classes = classes
    model.provenance = provenance
    model.trackedBatches = trackedBatches
    return model
  }
}
