import Settings
import Errors
import Dataflow
import Stages

/// Resolves a pipeline file with the known stages, and collects every mistake.
///
/// Checks names, edges and their types, parameters and outputs. No other file is read.
struct PipelineChecker {
  let file: PipelineFile
  let registries: Registries
  var diagnostics: [Diagnostic] = []
  var warnings: [String] = []
  /// The parameters of the file.
  private var values: [String: SettingsText] = [:]

  /// A stage after it has been read.
  struct Resolved {
    var name: String
    var place: Place
    var entry: StageCatalog.Entry
    /// The name at each port, in the order of the ports; nil if it is missing or wrong.
    var ports: [(name: String, place: Place)?]
    var parameters: Parameters
    /// Nil if a parameter is wrong.
    var stage: AnyStage?
  }

  init(_ file: PipelineFile, registries: Registries) {
    (self.file, self.registries) = (file, registries)
    diagnostics = file.mistakes
    for parameter in file.parameters { values[parameter.key] = parameter.value }
  }

  mutating func report(
    _ place: Place?, _ field: String, expected: String, found: String, remedy: String = "",
    origin: String? = nil, code: Diagnostic.Code = .configuration
  ) {
    diagnostics.append(
      Diagnostic(
        code, origin ?? file.path, at: origin == nil ? place : nil,
        // As it is written behind `--set`.
        field: origin == nil || !field.hasPrefix("stages.") ? field : String(field.dropFirst(7)),
        expected: expected, found: found, remedy: remedy))
  }

  // MARK: Parameters of the pipeline

  /// Replaces `$name` by the value of the parameter.
  private mutating func substitute(_ scalar: SettingsText, _ field: String) -> SettingsText? {
    guard !scalar.isList, scalar.texts[0].hasPrefix("$") else { return scalar }
    let name = String(scalar.texts[0].dropFirst())
    guard let value = values[name] else {
      let near = nearestName(to: name, among: values.keys)
      report(
        scalar.place, field, expected: "a parameter of the pipeline", found: "$\(name)",
        remedy: near.map { "did you mean $\($0)?" } ?? "add `\(name)` under `parameters`",
        origin: scalar.origin)
      return nil
    }
    return value
  }

  /// Whether a value, or the parameter that it names, was changed from outside the file.
  private func isOverridden(_ scalar: SettingsText) -> Bool {
    scalar.origin != nil
      || !scalar.isList && scalar.texts[0].hasPrefix("$")
        && values[String(scalar.texts[0].dropFirst())]?.origin != nil
  }

  // MARK: Stages

  mutating func resolve() -> [Resolved] {
    for stage in file.stages where stage.key.hasPrefix("$") || stage.key == "case" {
      report(
        stage.place, "stages.\(stage.key)", expected: "a name without `$` that is not `case`",
        found: stage.key)
    }
    return file.stages.compactMap { resolve($0) }
  }

  private mutating func resolve(
    _ stage: SettingsEntry<PipelineFile.StageEntry>
  ) -> Resolved? {
    let field = "stages.\(stage.key)"
    let kind = stage.value.kind
    let catalog = registries.stages
    guard let entry = catalog.entries[kind.texts[0]] else {
      let near = nearestName(to: kind.texts[0], among: catalog.entries.keys)
      report(
        kind.place, "\(field).stage",
        expected: "a stage (\(catalog.entries.keys.sorted().joined(separator: ", ")))",
        found: kind.texts[0], remedy: near.map { "did you mean \($0)?" } ?? "")
      return nil
    }
    var ports: [(name: String, place: Place)?] = Array(repeating: nil, count: entry.ports.count)
    var given: [String: ParameterValue] = [:]
    var chosen: Set<String> = []
    var complete = true
    var keys = Set(stage.value.arguments.map(\.key))
    for argument in stage.value.arguments {
      let origin = argument.value.origin
      if let port = entry.ports.firstIndex(where: { $0.name == argument.key }) {
        if origin != nil {
          report(
            nil, "\(field).\(argument.key)", expected: "a setting of the stage",
            found: "what it takes from another stage",
            remedy: "change it in a copy of the pipeline file", origin: origin)
        }
        ports[port] = source(argument.value, "\(field).\(argument.key)")
      } else if let declaration = entry.parameters.first(where: { $0.name == argument.key }) {
        given[argument.key] = parameter(argument.value, declaration, "\(field).\(argument.key)")
        complete = complete && given[argument.key] != nil
        if isOverridden(argument.value) { chosen.insert(argument.key) }
      } else if let declaration = entry.parameters.first(where: { $0.formerName == argument.key }) {
        report(
          argument.place, "\(field).\(argument.key)", expected: declaration.name,
          found: argument.key,
          remedy: "`\(argument.key)` is called `\(declaration.name)` now", origin: origin)
        // The value is still checked, and the new name is not reported as missing.
        keys.insert(declaration.name)
        _ = parameter(argument.value, declaration, "\(field).\(argument.key)")
        complete = false
      } else {
        let settings = entry.parameters.map(\.name)
        let names = origin == nil ? ["stage"] + entry.ports.map(\.name) + settings : settings
        let near = nearestName(to: argument.key, among: names)
        report(
          argument.place, "\(field).\(argument.key)",
          expected: names.isEmpty
            ? "a stage with settings; \(entry.kind) has none"
            : "one of \(names.joined(separator: ", ")) for \(entry.kind)",
          found: argument.key.isEmpty ? "nothing" : argument.key,
          remedy: near.map { "did you mean \($0)?" } ?? "", origin: origin)
      }
    }
    for port in entry.ports where !keys.contains(port.name) {
      report(
        stage.place, "\(field).\(port.name)",
        expected: "the stage whose \(port.type.kind) it takes",
        found: "nothing", remedy: "add `\(port.name): NAME`")
    }
    for declaration in entry.parameters
    where !keys.contains(declaration.name) && declaration.standard == nil && !declaration.isOptional
    {
      report(
        stage.place, "\(field).\(declaration.name)", expected: declaration.kind.description,
        found: "nothing", remedy: "add `\(declaration.name): …` (\(declaration.summary))")
      complete = false
    }
    let parameters = Parameters(given, for: entry.parameters, chosen: chosen)
    let made = complete ? make(entry, parameters, stage, field) : nil
    return Resolved(
      name: stage.key, place: stage.place, entry: entry, ports: ports, parameters: parameters,
      stage: made)
  }

  private mutating func make(
    _ entry: StageCatalog.Entry, _ parameters: Parameters,
    _ stage: SettingsEntry<PipelineFile.StageEntry>, _ field: String
  ) -> AnyStage? {
    do {
      return try entry.make(parameters)
    } catch let error as Diagnostic {
      let argument = stage.value.arguments.first { $0.key == error.field }
      report(
        argument?.value.place ?? stage.place, "\(field).\(error.field)", expected: error.expected,
        found: error.found, remedy: error.remedy, origin: argument?.value.origin, code: error.code)
    } catch {
      report(stage.place, field, expected: "parameters that fit each other", found: "\(error)")
    }
    return nil
  }

  private mutating func source(_ scalar: SettingsText, _ field: String)
    -> (name: String, place: Place)?
  {
    guard !scalar.isList, !scalar.texts[0].isEmpty else {
      report(scalar.place, field, expected: "the name of one stage, or $case", found: scalar.quoted)
      return nil
    }
    let name = scalar.texts[0]
    let names = file.stageNames
    if name == "$case" || names.contains(name) { return (name, scalar.place) }
    let near = nearestName(to: name, among: names + ["$case"])
    report(
      scalar.place, field, expected: "the name of a stage, or $case", found: name,
      remedy: near.map { "did you mean \($0)?" } ?? "")
    return nil
  }

  private mutating func parameter(
    _ scalar: SettingsText, _ declaration: ParameterDeclaration, _ field: String
  ) -> ParameterValue? {
    guard let written = substitute(scalar, field) else { return nil }
    if let value = ParameterValue(written.texts, isList: written.isList, as: declaration.kind) {
      return value
    }
    var remedy = "it is: \(declaration.summary)"
    if case .choice(let words) = declaration.kind,
      let near = nearestName(to: written.texts[0], among: words)
    {
      remedy = "did you mean \(near)?"
    }
    report(
      written.place,
      written.origin == nil || scalar.origin != nil
        ? field : String(scalar.texts[0].dropFirst()),
      expected: declaration.kind.description, found: written.quoted, remedy: remedy,
      origin: written.origin)
    return nil
  }
}
