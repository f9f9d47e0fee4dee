import Errors
import BetaVAE
import Completion
import Dataflow
import NeuralEngine
import Volumes

/// The parameter `model` of the stages that need a model file.
enum ModelParameter {
  static let declaration = ParameterDeclaration(
    "model", .text, "a model file (\(LatentModelReference.endings.joined(separator: ", ")))")

  /// The model that the parameter names, on the device that `device` names. Nothing is read yet, so a
  /// pipeline can be checked and drawn without the model file.
  static func reference(
    _ parameters: Parameters, on engines: Engines
  ) throws(Diagnostic) -> LatentModelReference {
    let path = parameters.text("model")
    try requireModelFile(path)
    return .at(path, on: try engines.device(parameters.optionalText("device")))
  }

  /// Throws if a text cannot be the path of a model file.
  static func requireModelFile(_ path: String) throws(Diagnostic) {
    guard LatentModelReference.recognizes(path) else {
      if path.hasSuffix(".ckpt") {
        let error = ModelFile.checkpointError(path)
        throw Diagnostic(
          .badParameter, field: "model", expected: declaration.summary,
          found: "\(path), \(error.found)",
          remedy: error.remedy)
      }
      throw Diagnostic(
        .badParameter, field: "model", expected: declaration.summary, found: path,
        remedy: "`make model` makes sample-data/model.safetensors")
    }
  }
}

extension ModelFileRecord {
  /// What the account of a run says of the model.
  var note: Note {
    var facts: [String: Note] = [
      "path": .text(path), "bytes": .integer(byteCount), "sha256": .text(sha256),
      "kind": .text(kind),
    ]
    if let latents {
      facts["inputShape"] = .list(latents.inputShape.map { .integer($0) })
      facts["latentSize"] = .integer(latents.size)
      facts["latentMode"] = .text(latents.mode)
      facts["classes"] = .list(latents.classes.map { .text($0) })
    }
    return .object(facts)
  }
}
