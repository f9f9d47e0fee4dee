import Settings
import Errors
import Dataflow
import Stages

extension PipelineChecker {
  /// A file that a pipeline writes.
  struct Output {
    var fileName: String
    var stage: String
  }

  /// The indices of the stages, sorted so that each comes after its inputs.
  ///
  /// The file may list stages in any order. If several could come next, the order of the file decides.
  mutating func ordered(_ resolved: [Resolved]) -> [Int] {
    let known = Set(resolved.map(\.name))
    var done: Set<String> = ["$case"]
    var order: [Int] = []
    var rest = Array(resolved.indices)
    while let next = rest.firstIndex(where: { index in
      resolved[index].ports.allSatisfy { port in
        // A missing or wrong port has been reported already; it must not look like a cycle.
        port.map { done.contains($0.name) || !known.contains($0.name) } ?? true
      }
    }) {
      let index = rest.remove(at: next)
      done.insert(resolved[index].name)
      order.append(index)
    }
    // Stages that only depend on a cycle are not part of it.
    var cycle = rest
    while let end = cycle.firstIndex(where: { index in
      !cycle.contains { other in
        resolved[other].ports.contains { $0?.name == resolved[index].name }
      }
    }) {
      cycle.remove(at: end)
    }
    if let first = cycle.first {
      report(
        resolved[first].place, "stages.\(resolved[first].name)",
        expected: "stages that depend on earlier ones only",
        found: "a cycle through \(cycle.map { resolved[$0].name }.joined(separator: ", "))",
        remedy: "take one of these edges from another stage")
    }
    return order
  }

  /// Checks the type of every edge against its port.
  mutating func checkEdges(_ resolved: [Resolved]) {
    for stage in resolved {
      for (port, source) in zip(stage.entry.ports, stage.ports) {
        guard let source, let type = type(of: source.name, resolved), type != port.type else {
          continue
        }
        let fitting = resolved.filter { $0.entry.output == port.type && $0.name != stage.name }
          .map(\.name)
        report(
          source.place, "stages.\(stage.name).\(port.name)", expected: "a \(port.type.kind)",
          found: "\(source.name), a \(type.kind)",
          remedy: fitting.isEmpty
            ? "add a stage that makes a \(port.type.kind)"
            : "take one of \(fitting.joined(separator: ", "))")
      }
    }
  }

  private func type(of name: String, _ resolved: [Resolved]) -> (any StageValue.Type)? {
    name == "$case" ? CaseFile.self : resolved.first { $0.name == name }?.entry.output
  }

  /// The files to write; name, stage and format of each are checked.
  mutating func outputs(_ resolved: [Resolved]) -> [Output] {
    if file.outputs.isEmpty, !diagnostics.contains(where: { $0.field == "outputs" }) {
      report(
        nil, "outputs", expected: "at least one file", found: "none",
        remedy: "add `outputs: {implant.nrrd: implant}`")
    }
    return file.outputs.compactMap { entry in
      let field = "outputs.\(entry.key)"
      guard !entry.key.contains("/"), !entry.key.hasPrefix("."), !entry.key.contains("\0"),
        entry.key != "run.json"
      else {
        report(
          entry.place, field, expected: "a plain file name other than run.json", found: entry.key,
          remedy: "outputs go into the folder that -o names")
        return nil
      }
      let name = entry.value.texts[0]
      guard !entry.value.isList, let stage = resolved.first(where: { $0.name == name }) else {
        // A stage of unknown kind has been reported already.
        if file.stageNames.contains(name) { return nil }
        let near = nearestName(to: name, among: file.stageNames)
        report(
          entry.value.place, field, expected: "the name of a stage", found: entry.value.quoted,
          remedy: near.map { "did you mean \($0)?" } ?? "")
        return nil
      }
      let (type, meshes) = (stage.entry.output, registries.meshFormats)
      guard OutputFormat.writer(for: type, fileName: entry.key, meshes: meshes) != nil else {
        let formats = OutputFormat.extensions(for: type, meshes: meshes)
        report(
          entry.place, field,
          expected: formats.isEmpty
            ? "a stage whose value a file can hold"
            : "a name ending in \(formats.map { ".\($0)" }.joined(separator: ", ")) "
              + "for a \(stage.entry.output.kind)",
          found: entry.key)
        return nil
      }
      return Output(fileName: entry.key, stage: name)
    }
  }
}
