import Errors
import BetaVAE
import Completion
import Dataflow
import Volumes

/// The parameter `model` of the stages that need a model file.
enum ModelParameter {
  static let declaration = ParameterDeclaration(
    "model", .text, "a model file (\(LatentModelReference.endings.joined(separator: ", ")))")

  /// The file that the parameter names; nothing is read yet, so that a pipeline can be checked and
  /// drawn where there is no model.
  static func reference(_ parameters: Parameters) throws(ParameterError) -> LatentModelReference {
    let path = parameters.text("model")
    guard LatentModelReference.recognizes(path) else {
      if path.hasSuffix(".ckpt") {
        let error = ModelFile.checkpointError(path)
        throw ParameterError(
          "model", expected: declaration.summary, found: "\(path), \(error.found)",
          remedy: error.remedy)
      }
      throw ParameterError(
        "model", expected: declaration.summary, found: path,
        remedy: "`make model` makes sample-data/model.safetensors")
    }
    return .at(path)
  }
}

extension LoadedLatentModel {
  /// What the account of a run says of the model.
  var note: Note {
    .object([
      "path": .text(path), "bytes": .integer(byteCount), "sha256": .text(sha256),
      "kind": .text(identifier),
      "inputShape": .list((0..<3).map { .integer(model.inputShape[$0]) }),
      "latentSize": .integer(model.latentSize), "latentMode": .text(model.latentMode.rawValue),
      "classes": .list(model.classes.map { .text($0.name) }),
    ])
  }
}
