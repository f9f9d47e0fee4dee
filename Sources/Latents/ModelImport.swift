import Accounts
public import BetaVAE
public import Completion
import Errors
import Files
import NeuralEngine
import TensorFiles

/// Makes a model file of networks that PyTorch saved.
public struct ModelImport: Sendable {
  /// The encoder's file: safetensors, or a state dict as PyTorch saves it.
  public let encoder: String
  /// The decoder's file; nil: the encoder's own.
  public var decoder: String?
  /// What the tensors do not show.
  public var options = StateDictImport.Options()
  /// The entry of a checkpoint that holds the network, such as `ema_state_dict`; nil: the only one.
  public var entry: String?
  /// What of a posterior the decoder was trained on.
  public var latentMode = LatentMode.meanPlusSigma
  /// The most bytes to take for reading.
  public var memory = HostResources.plannedMemory

  /// An import of an encoder's file.
  public init(encoder: String) { self.encoder = encoder }

  /// Reads the files, joins encoder and decoder, and writes the model, which says whence it comes.
  ///
  /// - Returns: the model.
  /// - Throws: ``Errors/Diagnostic`` that names the tensor, or with the code `badSetting` the
  ///   option that does not fit; `Diagnostic` where a file cannot be read or written.
  @discardableResult
  public func write(to path: String) throws -> TrainedBetaVAE {
    var model = try model()
    for (key, file) in [("imported", encoder), ("imported-decoder", decoder)] {
      guard let file else { continue }
      model.provenance[key] = file.split(separator: "/").last.map(String.init) ?? file
      model.provenance["\(key).sha256"] = try InputFile(file).sha256()
    }
    model.provenance["head"] = options.head.rawValue
    try model.write(to: path)
    return model
  }

  /// What was taken, for a person to hold against the network that was meant.
  public static func lines(of model: TrainedBetaVAE) -> [String] {
    let network = model.architecture
    func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: " ") }
    let activation =
      switch network.activation {
      case .prelu: "prelu"
      case .relu: "relu"
      case .leakyReLU(let slope): "leakyrelu of slope \(slope)"
      }
    return [
      "shape: \(network.shapeText)", "channels: \(list(network.channels))",
      "strides: \(list(network.strides))", "latent: \(network.latentSize)",
      "normalization: \(network.normalization.rawValue)", "activation: \(activation)",
      "head: \(network.head.rawValue)", "latent mode: \(model.latentMode.rawValue)",
    ]
  }

  /// The model that the files make.
  public func model() throws -> TrainedBetaVAE {
    for file in [encoder] + (decoder.map { [$0] } ?? []) {
      try LatentMemory.requireReadable(file, memory: memory)
    }
    // The head is the decoder's affair: an encoder whose own decoder is not used may have any.
    let whole = try StateDictImport(
      try archive(encoder), part: decoder == nil ? .all : .encoder, options)
    let other = try decoder.map {
      try StateDictImport(try archive($0), part: .decoder, options)
    }
    return try whole.model(latentMode: latentMode, decoder: other)
  }

  /// The tensors of a file, or of its entry.
  private func archive(_ path: String) throws -> TensorArchive {
    let whole = try TensorArchive(contentsOf: path)
    guard let entry else { return whole }
    let chosen = whole.below(entry + ".")
    guard chosen.tensors.isEmpty else { return chosen }
    let there = Set(
      whole.tensors.compactMap { $0.name.split(separator: ".").first.map(String.init) })
    throw Diagnostic(
      .badParameter, path, field: "entry", expected: entry,
      found: there.sorted().prefix(12).joined(separator: ", "),
      remedy: "choose one that is there with --entry")
  }
}
