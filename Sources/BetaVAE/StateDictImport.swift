public import Completion
import Errors
public import NeuralEngine
public import TensorFiles

/// The tensors of a network that PyTorch saved, under the names of this program.
///
/// Reads state dicts of MONAI's `VarAutoEncoder`, whole or its encoder alone, and of the published
/// decoupled decoder, which names its parts `decodeL` and `conv1`, `conv2`, …; a common prefix such as
/// `state_dict.` or `module.` is taken off. Levels, channels, latent size, batch normalization and PReLU
/// follow from the tensors; what leaves no tensor behind is for ``Options`` to say.
///
/// Not read: kernels other than 3, residual units and intermediate blocks, normalizations with weights
/// but without running statistics, PReLUs of a slope a channel, networks without biases.
public struct StateDictImport: Sendable {
  /// What is taken of a file.
  public enum Part: String, Hashable, Sendable {
    /// All that there is; every tensor must belong to the network.
    case all
    /// The encoder with its two linear layers; a decoder in the file is left alone.
    case encoder
    /// The decoder; an encoder in the file is left alone.
    case decoder
  }

  /// What was found; where there is a decoder alone, its mirror image stands for the encoder.
  public let architecture: Architecture
  /// The tensors that this program needs.
  public let parameters: [Parameter]
  public let hasEncoder: Bool
  public let hasDecoder: Bool
  /// Steps that the normalizations have seen (`num_batches_tracked`).
  public let trackedBatches: TrainedBetaVAE.TrackedBatches
  package let path: String

  /// Whether there is a decoder alone.
  public var isDecoderOnly: Bool { !hasEncoder }

  /// Reads an archive.
  ///
  /// - Throws: ``Diagnostic`` that names the tensor, or the option that does not fit the tensors
  ///   (``Diagnostic/Code/badSetting``); `Diagnostic` for numbers of a kind that cannot be.
  /// - Complexity: O(bytes of the tensors) in time and memory.
  public init(
    _ archive: TensorArchive, part: Part = .all, _ options: Options = Options()
  ) throws {
    path = archive.path
    let tensors = try StateDictTensors(archive, part: part)
    hasEncoder = tensors.hasEncoder
    hasDecoder = tensors.hasDecoder
    let inference = try ArchitectureInference(tensors, options)
    architecture = try inference.architecture()

    let isWanted = { [hasEncoder, hasDecoder] (name: String) in
      Architecture.isEncoder(name) ? hasEncoder : hasDecoder
    }
    parameters = try architecture.parameterShapes().filter { isWanted($0.name) }.map {
      try tensors.parameter($0.name, shape: $0.shape)
    }
    try tensors.requireNoOthers(than: Set(parameters.map(\.name)))
    trackedBatches = TrainedBetaVAE.TrackedBatches(
      encoder: tensors.trackedBatches("encode."), decoder: tensors.trackedBatches("decode."))
  }

  /// The model that the tensors make.
  ///
  /// - Parameter decoder: another file's decoder in place of its own, such as the decoupled one.
  /// - Throws: ``Diagnostic`` where an encoder or a decoder is missing, or the two do not fit.
  public func model(latentMode: LatentMode, decoder: StateDictImport? = nil) throws
    -> TrainedBetaVAE
  {
    guard hasEncoder else {
      throw Diagnostic(
        .malformed, path, field: "tensor mu.weight", expected: "an encoder",
        found: "a decoder alone",
        remedy: "join it with its encoder: `calvaria latent import ENCODER --decoder \(path)`")
    }
    let decoder = decoder ?? self
    guard decoder.hasDecoder else {
      throw Diagnostic(
        .malformed, decoder.path, field: "tensor decodeL.weight", expected: "a decoder",
        found: "an encoder alone", remedy: "name a decoder for it with --decoder")
    }
    try decoder.requireFit(behind: self)
    var whole = architecture
    whole.head = decoder.architecture.head
    var model = try TrainedBetaVAE(
      architecture: whole,
      parameters: parameters.filter { Architecture.isEncoder($0.name) }
        + decoder.parameters.filter { !Architecture.isEncoder($0.name) },
      latentMode: latentMode, path: path)
    model.trackedBatches = TrainedBetaVAE.TrackedBatches(
      encoder: trackedBatches.encoder, decoder: decoder.trackedBatches.decoder)
    return model
  }

  /// Throws where this file's decoder is not the counterpart of an encoder.
  private func requireFit(behind encoder: StateDictImport) throws(Diagnostic) {
    let (a, b) = (encoder.architecture, architecture)
    for (tensor, what, expected, found) in [
      ("decodeL.weight", "latent dimensions", "\(a.latentSize)", "\(b.latentSize)"),
      ("decodeL.weight", "features", "\(a.features)", "\(b.features)"),
      (
        "decode.decode_0.conv.conv.weight", "channels from the top down", "\(a.channels)",
        "\(b.channels)"
      ),
      (
        "decode.decode_0.conv.adn.N.weight", "normalization", a.normalization.rawValue,
        b.normalization.rawValue
      ),
      (
        "decode.decode_0.conv.adn.A.weight", "activation", a.activation.text, b.activation.text
      ),
    ] where expected != found {
      throw Diagnostic(
        .malformed, path, field: "tensor \(tensor)",
        expected: "\(expected) (\(what)), as the encoder has",
        found: found, remedy: "name the decoder that was trained on this encoder")
    }
  }
}
