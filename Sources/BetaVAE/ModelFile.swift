import Errors
import NeuralEngine
public import TensorFiles

/// Files of β-VAEs: safetensors with the tensors under the names of the reference network, and all
/// else as texts of the metadata.
///
/// | key | text |
/// |---|---|
/// | `calvaria.format` | the version of this form, 1 |
/// | `calvaria.model` | `beta-vae` |
/// | `architecture.shape` `.channels` `.strides` `.latent` | whole numbers with spaces between |
/// | `architecture.normalization` `.activation` `.head` | words; `leakyrelu` with its slope behind |
/// | `latent_mode` | `mean`, `sample` or `meanPlusSigma` |
/// | `classes` | names with spaces between |
/// | `class.NAME.count` `.centroid` `.variance` `.posterior_variance` | numbers |
/// | `standardization.mean` `.deviation` | what is folded into `decodeL`; missing: nothing |
/// | `training.KEY` | where the model comes from |
///
/// Python loads the network with MONAI 1.6 in three lines (preset `64x64x32`):
/// ```python
/// from monai.networks.nets import VarAutoEncoder; from safetensors.torch import load_file
/// net = VarAutoEncoder(3, (1, 64, 64, 32), 2, 32, (32, 64, 64, 128, 128), (2,) * 5, norm="batch")
/// net.load_state_dict(load_file("model.safetensors"), strict=True)
/// ```
public enum ModelFile {
  /// The version of this form; newer ones are refused.
  public static let version = 1
  /// The kind of model that these files hold.
  public static let kind = "beta-vae"
  /// The name that a training gives to its model, and `make model` to the shipped one.
  public static let name = "model.safetensors"
  static let versionKey = "calvaria.format"
  static let kindKey = "calvaria.model"

  /// The kind of model that a file says it holds; nil where it is no model file of this program.
  public static func kind(of archive: TensorArchive) -> String? { archive.metadata[kindKey] }

  static let mostClasses = 1000
}

extension TrainedBetaVAE {
  /// How a model file holds numbers.
  public enum Storage: String, Hashable, Sendable, CaseIterable {
    /// binary32: the very numbers.
    case float32
    /// binary16: half the bytes; running statistics stay in binary32.
    case float16
  }

  /// Reads a model file.
  ///
  /// - Throws: `Diagnostic` where it is no file of tensors; ``Diagnostic`` where it is no
  ///   model, of a newer version, or something in it is missing, wrong or not finite.
  /// - Complexity: O(bytes of the file) in time and memory.
  public init(contentsOf path: String) throws {
    try self.init(archive: try TensorArchive(contentsOf: path))
  }

  /// Writes the model, replacing `path` at once or not at all; the same model gives the same bytes.
  ///
  /// - Throws: `Diagnostic` where the file cannot be written, or a number is too large for
  ///   binary16.
  public func write(to path: String, as storage: Storage = .float32) throws {
    try archive(as: storage).writeSafetensors(to: path)
  }

  /// The model as tensors and texts.
  public func archive(as storage: Storage = .float32) throws -> TensorArchive {
    var archive = TensorArchive(metadata: metadata)
    for parameter in parameters {
      let isStatistic = parameter.name.contains(".running_")
      try archive.append(
        NamedTensor(
          name: parameter.name, shape: parameter.shape, floats: parameter.values,
          as: storage == .float16 && !isStatistic ? .float16 : .float32))
      // The reference network counts minibatches after its running variance.
      if parameter.name.hasSuffix(".running_var") {
        let count =
          Architecture.isEncoder(parameter.name) ? trackedBatches.encoder : trackedBatches.decoder
        try archive.append(
          NamedTensor(
            name: parameter.name.dropLast("running_var".count) + "num_batches_tracked",
            int64: count))
      }
    }
    return archive
  }

  /// The model that an archive holds.
  ///
  /// - Throws: as ``init(contentsOf:)``.
  public init(archive: TensorArchive) throws {
    let texts = ModelTexts(archive)
    try texts.checkKind()
    let architecture = try texts.architecture()
    do { try architecture.validate() } catch {
      throw texts.wrong(
        "architecture.\(error.field)", expected: error.expected, found: error.found)
    }
    var tracked = TrackedBatches()
    var parameters: [Parameter] = []
    let shapes = Dictionary(
      architecture.parameterShapes().map { ($0.name, $0.shape) }, uniquingKeysWith: { a, _ in a })
    for tensor in archive.tensors {
      if tensor.name.hasSuffix(".num_batches_tracked") {
        guard tensor.shape.isEmpty, let count = try? tensor.int64(), count >= 0,
          shapes[tensor.name.dropLast("num_batches_tracked".count) + "running_var"] != nil
        else {
          throw texts.wrong(
            "tensor \(tensor.name)", expected: "one whole number of at least 0",
            found: "\(tensor.type.rawValue) \(tensor.shape)")
        }
        if Architecture.isEncoder(tensor.name) {
          tracked.encoder = count
        } else {
          tracked.decoder = count
        }
        continue
      }
      // Before memory is taken for it.
      guard let shape = shapes[tensor.name] else {
        throw texts.wrong(
          "tensor \(tensor.name)", expected: "only tensors of the architecture",
          found: "it in the file")
      }
      parameters.append(
        Parameter(
          name: tensor.name, shape: shape, values: try archive.floats(tensor.name, shape: shape)))
    }
    try self.init(
      architecture: architecture, parameters: parameters, latentMode: try texts.latentMode(),
      path: archive.path)
    trackedBatches = tracked
    classes = try texts.classes(latentSize: architecture.latentSize)
    standardization = try texts.standardization(latentSize: architecture.latentSize)
    provenance = texts.provenance()
  }
}
