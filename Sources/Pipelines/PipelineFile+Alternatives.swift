import Completion
import Errors
import Settings
import Stages

extension PipelineFile {
  /// The implant of another completion model than the pipeline's, or of another γ.
  struct Alternative {
    /// The model, or a name for the γ.
    let name: String
    /// The stage that makes the implant.
    let stage: String
    /// The stages that were added for it.
    let stages: [String]
    /// Nil for another model.
    var gamma: Double?
    /// The file that it is written into; nil: none, it is only shown.
    var fileName: String?
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
    guard depends(implant, on: complete.key) else {
      throw wrong("an implant that is made by completing", "\(implant), which is not")
    }
    return others.prefix(count).map { model in
      let added = again(from: complete.key, to: implant, called: model) { stage in
        // Its own parameters may not suit the other model; the holes are the same.
        let kept: Set = ["of", "model", "hole", "resection"]
        stage.arguments.removeAll { !kept.contains($0.key) }
        stage.set("model", to: model)
      }
      return Alternative(
        name: model, stage: "\(implant)-\(model)", stages: added,
        fileName: "alternatives/\(model).nrrd")
    }
  }

  /// Adds the implants of other amounts of γ: the stages from the one that shifts a latent to the scored implant once more
  /// for each; none where no latent is shifted.
  ///
  /// What only judges the implant is left out: it does not change it, and takes longer than all else.
  mutating func add(gammas: [Double]) -> [Alternative] {
    guard let shift = stages.first(where: { $0.value.kind.texts[0] == Shift.kind }),
      var implant = score.first(where: { $0.key == "of" })?.value.texts[0]
    else { return [] }
    while let judge = stages.first(where: {
      $0.key == implant && $0.value.kind.texts[0] == Judge.kind
    }),
      let judged = judge.value.arguments.first(where: { $0.key == "of" })
    {
      implant = judged.value.texts[0]
    }
    guard depends(implant, on: shift.key) else { return [] }
    return gammas.enumerated().map { number, gamma in
      let name = "gamma-\(number + 1)"
      let added = again(from: shift.key, to: implant, called: name) {
        $0.set("gamma", to: "\(gamma)")
      }
      return Alternative(name: name, stage: "\(implant)-\(name)", stages: added, gamma: gamma)
    }
  }

  /// Adds the stages from one to another once more.
  ///
  /// - Parameters:
  ///   - suffix: what their names end in.
  ///   - change: what is other about the first of them.
  /// - Returns: their names.
  private mutating func again(
    from first: String, to last: String, called suffix: String,
    changing change: (inout StageEntry) -> Void
  ) -> [String] {
    let chain = stages.filter { depends($0.key, on: first) && depends(last, on: $0.key) }
    let names = Set(chain.map(\.key))
    for stage in chain {
      var copy = stage
      copy.key = "\(stage.key)-\(suffix)"
      for n in copy.value.arguments.indices {
        copy.value.arguments[n].value.texts = copy.value.arguments[n].value.texts.map {
          names.contains($0) ? "\($0)-\(suffix)" : $0
        }
      }
      if stage.key == first { change(&copy.value) }
      stages.append(copy)
      stageNames.append(copy.key)
    }
    return chain.map { "\($0.key)-\(suffix)" }
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

extension PipelineFile.StageEntry {
  fileprivate mutating func set(_ name: String, to text: String) {
    set(name, to: SettingsText(texts: [text], isList: false, place: kind.place))
  }
}
