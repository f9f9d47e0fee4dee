import Completion
import Errors
import Settings
import Stages

extension PipelineFile {
  /// The implant of another completion model than the pipeline's.
  struct Alternative {
    let model: String
    /// The stage that makes the implant.
    let stage: String
    /// The stages that were added for it.
    let stages: [String]

    /// The file that it is written into.
    var fileName: String { "alternatives/\(model).nrrd" }
  }

  /// Adds the implants of other completion models: the stages from `complete` to the scored implant once more
  /// for each.
  ///
  /// - Parameter count: how many models, in the order of the registry.
  /// - Throws: ``Diagnostics`` where no stage completes, what it makes is not scored, or there are not so many
  ///   models.
  mutating func add(alternatives count: Int, of models: CompletionModels) throws(Diagnostics)
    -> [Alternative]
  {
    guard let complete = stages.first(where: { $0.value.kind.texts[0] == Complete.kind }),
      let implant = score.first(where: { $0.key == "of" })?.value.texts[0]
    else {
      throw wrong("a pipeline that completes, and says what is scored", "one that does not")
    }
    let chosen = complete.value.arguments.first { $0.key == "model" }?.value.texts[0]
    let others = models.names.filter { $0 != chosen }
    guard count <= others.count else {
      throw wrong(
        "at most \(counted(others.count, "other model")) (\(others.joined(separator: ", ")))",
        "\(count)")
    }
    let chain = stages.filter {
      depends($0.key, on: complete.key) && depends(implant, on: $0.key)
    }
    guard chain.contains(where: { $0.key == implant }) else {
      throw wrong("an implant that is made by completing", "\(implant), which is not")
    }
    let names = Set(chain.map(\.key))
    return others.prefix(count).map { model in
      for stage in chain {
        var copy = stage
        copy.key = "\(stage.key)-\(model)"
        for n in copy.value.arguments.indices {
          copy.value.arguments[n].value.texts = copy.value.arguments[n].value.texts.map {
            names.contains($0) ? "\($0)-\(model)" : $0
          }
        }
        if stage.key == complete.key {
          // Its own parameters may not suit the other model; the holes are the same.
          let kept: Set = ["of", "model", "hole", "resection"]
          copy.value.arguments.removeAll { !kept.contains($0.key) }
          for n in copy.value.arguments.indices where copy.value.arguments[n].key == "model" {
            copy.value.arguments[n].value.texts = [model]
          }
        }
        stages.append(copy)
        stageNames.append(copy.key)
      }
      return Alternative(
        model: model, stage: "\(implant)-\(model)", stages: chain.map { "\($0.key)-\(model)" })
    }
  }

  /// Whether one stage is another, or takes its value, through others too.
  private func depends(_ stage: String, on source: String) -> Bool {
    var reached: Set = [source]
    var grows = true
    // As many passes as the longest chain; a circle, which is an error told elsewhere, ends it too.
    while grows {
      grows = false
      for entry in stages where !reached.contains(entry.key) {
        guard
          entry.value.arguments.contains(where: { $0.value.texts.contains(where: reached.contains) }
          )
        else { continue }
        reached.insert(entry.key)
        grows = true
      }
    }
    return reached.contains(stage)
  }

  private func wrong(_ expected: String, _ found: String) -> Diagnostics {
    Diagnostics([
      Diagnostic(
        .configuration, path, field: "--alternatives", expected: expected, found: found,
        remedy: "leave --alternatives out, or ask for fewer")
    ])
  }
}
