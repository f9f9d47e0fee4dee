import Completion
import Errors
import Settings
import Stages

extension PipelineFile {
  /// The file that says at every voxel of the implant how far the best other way of completing lies.
  static let disagreementFile = "disagreement.nrrd"

  /// Adds the stage that makes ``disagreementFile``, where the pipeline completes by a model that compares ways.
  ///
  /// - Returns: the name of the stage; nil where there is none.
  mutating func addDisagreement(of models: CompletionModels) -> String? {
    guard let complete = stages.first(where: { $0.value.kind.texts[0] == Complete.kind }),
      let implant = score.first(where: { $0.key == "of" })?.value,
      let defective = complete.value.arguments.first(where: { $0.key == "of" })?.value,
      let name = complete.value.arguments.first(where: { $0.key == "model" })?.value.texts[0],
      // A name that is none is told where the stage itself is checked.
      let model = try? models.model(for: name), type(of: model).comparesWays
    else { return nil }
    let key = "disagreement"
    guard !stageNames.contains(key) else { return nil }
    var stage = complete
    stage.key = key
    stage.value.kind.texts = [Disagree.kind]
    let shared: Set = ["model", "hole", "resection"]
    stage.value.arguments.removeAll { !shared.contains($0.key) }
    for (port, value) in [("of", implant), ("against", defective)] {
      stage.value.arguments.append(
        SettingsEntry(key: port, place: value.place, value: value))
    }
    stages.append(stage)
    stageNames.append(key)
    return key
  }
}
