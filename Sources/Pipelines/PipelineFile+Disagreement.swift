import Completion
import Errors
import Settings
import Stages

extension PipelineFile {
  /// The file that says at every voxel of the implant how far the best other way of completing lies.
  static let disagreementFile = "disagreement.nrrd"

  /// What is added so that the skull is completed once, and compared.
  struct Comparison {
    /// The stage that makes ``disagreementFile``.
    let stage: String
    /// The stage whose mask is that of the stage that completed before.
    let skull: String
    /// The name of the stage that completed before, and now compares.
    let comparison: String
  }

  /// Adds the stage that makes ``disagreementFile``, where the pipeline completes by a model that compares ways: the
  /// stage `complete` becomes `compare`, and another one takes the completed skull from it for all that need that.
  ///
  /// - Returns: the stages; nil where there is no such model.
  mutating func addDisagreement(of models: CompletionModels) -> Comparison? {
    guard let complete = stages.first(where: { $0.value.kind.texts[0] == Complete.kind }),
      let implant = score.first(where: { $0.key == "of" })?.value,
      let defective = complete.value.arguments.first(where: { $0.key == "of" })?.value,
      let name = complete.value.arguments.first(where: { $0.key == "model" })?.value.texts[0],
      // A name that is none is told where the stage itself is checked.
      let model = try? models.model(for: name), type(of: model).comparesWays
    else { return nil }
    let added = Comparison(
      stage: "disagreement", skull: "\(complete.key)-skull", comparison: complete.key)
    guard !stageNames.contains(added.stage), !stageNames.contains(added.skull) else { return nil }
    func renamed(_ value: SettingsText) -> SettingsText {
      var value = value
      value.texts = value.texts.map { $0 == complete.key ? added.skull : $0 }
      return value
    }
    for n in stages.indices {
      if stages[n].key == complete.key {
        stages[n].value.kind.texts = [Compare.kind]
      } else {
        for argument in stages[n].value.arguments.indices {
          let value = stages[n].value.arguments[argument].value
          stages[n].value.arguments[argument].value = renamed(value)
        }
      }
    }
    for n in outputs.indices { outputs[n].value = renamed(outputs[n].value) }
    for n in score.indices { score[n].value = renamed(score[n].value) }

    var comparison = defective
    comparison.texts = [complete.key]
    func add(_ key: String, _ kind: String, _ inputs: [(port: String, value: SettingsText)]) {
      var stage = complete
      stage.key = key
      stage.value.kind.texts = [kind]
      stage.value.arguments = inputs.map {
        SettingsEntry(key: $0.port, place: $0.value.place, value: $0.value)
      }
      stages.append(stage)
      stageNames.append(key)
    }
    add(added.skull, Choose.kind, [("of", comparison)])
    add(
      added.stage, Disagree.kind,
      [("of", renamed(implant)), ("against", comparison)])
    return added
  }
}
