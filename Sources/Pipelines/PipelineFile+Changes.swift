import Errors
import Settings
import Dataflow

extension PipelineFile {
  /// Changes parameters, `threshold=300`, and settings of single stages, `design.thickness=4`, whether the file gives them or not.
  ///
  /// A name that the file does not have becomes one of its ``mistakes``. Whether a stage has the setting is checked later, with
  /// all others.
  mutating func change(by changes: [Override], in catalog: StageCatalog) {
    for change in changes {
      if let dot = change.name.firstIndex(of: ".") {
        set(
          String(change.name[change.name.index(after: dot)...]),
          ofStage: String(change.name[..<dot]), to: change)
      } else if let n = parameters.firstIndex(where: { $0.key == change.name }) {
        parameters[n].value = SettingsText(change, at: parameters[n].value.place)
      } else {
        refuse(
          change, name: change.name, among: parameters.map(\.key), noun: "parameter",
          remedy: remedy(forMissing: change.name, in: catalog))
      }
    }
  }

  private mutating func set(_ setting: String, ofStage stage: String, to change: Override) {
    guard let n = stages.firstIndex(where: { $0.key == stage }) else {
      // A stage whose form is wrong has been reported already.
      if stageNames.contains(stage) { return }
      return refuse(change, name: stage, among: stageNames, noun: "stage")
    }
    stages[n].value.set(setting, to: SettingsText(change, at: stages[n].place))
  }

  private mutating func refuse(
    _ change: Override, name: String, among names: [String], noun: String, remedy: String = ""
  ) {
    let sorted = names.sorted().joined(separator: ", ")
    let near = nearestName(to: name, among: names)
    mistakes.append(
      Diagnostic(
        .configuration, change.origin, field: change.name,
        expected: names.isEmpty
          ? "a pipeline with \(noun)s" : "a \(noun) of the pipeline (\(sorted))",
        found: name,
        remedy: remedy.isEmpty ? near.map { "did you mean \($0)?" } ?? "" : remedy))
  }

  /// What helps where the pipeline lacks a parameter: its new name, another pipeline or a stage that has it; empty where none
  /// has.
  private func remedy(forMissing parameter: String, in catalog: StageCatalog) -> String {
    // First: `deviation` is a parameter of other pipelines, and was that of a stage.
    let beside = remedy(forMissing: parameter)
    guard beside.isEmpty else { return beside }
    let renamed = stages.compactMap { stage in
      catalog.entries[stage.value.kind.texts[0]]?.parameters
        .first { $0.formerName == parameter }.map { (stage: stage.key, name: $0.name) }
    }
    if let name = renamed.first?.name {
      // A setting of a stage where the file has no parameter of that name.
      let isParameter = parameters.contains { $0.key == name }
      let settings = renamed.map { "\($0.stage).\($0.name)" }.joined(separator: " or ")
      return "`\(parameter)` is called `\(name)` now" + (isParameter ? "" : ": set \(settings)")
    }
    let settings = stages.filter {
      catalog.entries[$0.value.kind.texts[0]]?.parameters.contains { $0.name == parameter } ?? false
    }.map { "\($0.key).\(parameter)" }
    return settings.isEmpty ? "" : "did you mean \(settings.joined(separator: " or "))?"
  }

  /// The parameters that no stage takes.
  var unusedParameters: [SettingsEntry<SettingsText>] {
    let used = Set(
      stages.flatMap { $0.value.arguments.map(\.value) }
        .filter { !$0.isList && $0.texts[0].hasPrefix("$") }.map { $0.texts[0].dropFirst() })
    return parameters.filter { !used.contains($0.key[...]) }
  }
}

extension PipelineFile.StageEntry {
  /// Gives a setting a value, whether the file gives it one or not.
  mutating func set(_ name: String, to text: SettingsText) {
    if let n = arguments.firstIndex(where: { $0.key == name }) {
      arguments[n].value = text
    } else {
      arguments.append(SettingsEntry(key: name, place: text.place, value: text))
    }
  }
}
