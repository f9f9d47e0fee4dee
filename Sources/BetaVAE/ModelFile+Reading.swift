import Completion
public import Errors
import Files
import NeuralEngine
public import TensorFiles

extension ModelFile {
  /// The β-VAE of a file: a model file of this program, or a state dict of PyTorch, taken as the
  /// published networks are (z = μ + σ, see ``StateDictImport/Head/published``); what was taken for
  /// granted then stands in its provenance under ``assumedKey``.
  ///
  /// - Throws: `Diagnostic` where it is no file of tensors; ``Diagnostic`` where it is no
  ///   such model.
  public static func read(_ archive: TensorArchive) throws -> TrainedBetaVAE {
    guard kind(of: archive) == nil else { return try TrainedBetaVAE(archive: archive) }
    var options = StateDictImport.Options()
    options.canBeStated = false
    var model = try StateDictImport(archive, options).model(latentMode: .meanPlusSigma)
    model.provenance[assumedKey] =
      "the head \(StateDictImport.Head.published.rawValue) and the latent mode "
      + LatentMode.meanPlusSigma.rawValue
    return model
  }

  /// Where a model's provenance says what its file left open.
  static let assumedKey = "assumed"

  /// Throws where a file that is taken for a state dict says that it is something of this program's.
  static func refuseOwnKinds(_ archive: TensorArchive) throws(Diagnostic) {
    try refuseCheckpoint(archive)
    guard let kind = kind(of: archive) else { return }
    throw Diagnostic(
      .notAModel, archive.path, field: kindKey, expected: "a state dict of PyTorch",
      found: "\(kind), a model of this program already", remedy: "use it as it is")
  }

  /// The kind that checkpoints of trainings name.
  static let checkpointKind = "training-checkpoint"

  /// Throws where a file is the checkpoint of a training, with the model that is to be named instead.
  static func refuseCheckpoint(_ archive: TensorArchive) throws(Diagnostic) {
    guard kind(of: archive) == checkpointKind else { return }
    throw checkpointError(archive.path)
  }

  /// What to say where a checkpoint is named in place of a model.
  public static func checkpointError(_ path: String) -> Diagnostic {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let model = folder + ModelFile.name
    return Diagnostic(
      .notAModel, path, field: kindKey, expected: "a model",
      found: "a checkpoint of a training",
      remedy: (try? InputFile(model)) != nil
        ? "name \(model), which this training made"
        : "end the training with `calvaria train CONFIG -o DIR --resume`, then name \(model)")
  }
}
