public import Completion
public import Stages

/// A kind of completion model that the parameter `model` of the stage `complete` can name.
public struct ModelReference: ReferenceEntry {
  public let name: String
  public let summary: String
  /// Whether the name alone chooses it; otherwise the path of a model file does.
  public let isChosenByName: Bool
  /// Whether it runs on a device that can be chosen.
  public let takesDevice: Bool

  /// The models of a registry, in its order.
  public static func list(of models: CompletionModels = .standard) -> ReferenceList<ModelReference>
  {
    ReferenceList(
      noun: "model",
      entries: models.readers.map {
        ModelReference(
          name: $0.identifier, summary: $0.summary, isChosenByName: $0.isChosenByName,
          takesDevice: $0.takesDevice)
      })
  }

  public var lines: [String] {
    [
      "\(name): \(summary)", "",
      isChosenByName
        ? "in a pipeline file: {stage: complete, of: …, model: \(name)}"
        : "in a pipeline file: {stage: complete, of: …, model: FILE}",
    ] + (takesDevice ? ["runs on the device that `device` names"] : [])
  }
}
