import Files
import Accounts
import Dataflow
import Recognition

extension CaseReport {
  /// The files that were made.
  var fileSection: Markup {
    let rows: [[Markup]] = record.outputs.filter { $0.bytes != nil }.map { output in
      let measured = output.measurements
      var facts: [String] = []
      if let triangles = measured.triangles { facts.append("\(triangles) triangles") }
      if let volume = measured.volumeMM3 { facts.append(Figures.text(volume / 1000, "cm³")) }
      if let extent = measured.extentMM {
        let sides = [extent.x, extent.y, extent.z].map { Figures.text($0, digits: 0) }
        facts.append("\(sides.joined(separator: " × ")) mm")
      }
      return [
        .name(output.file), "\(Figures.bytes(output.bytes))", "\(facts.joined(separator: ", "))",
        .hash(output.sha256),
      ]
    }
    guard !rows.isEmpty else { return "" }
    let table = Table(
      caption: "The files of this case, beside this page.",
      columns: [.init("File"), .init("Size", isNumber: true), .init("Measures"), .init("SHA-256")],
      rows: rows)
    return """
      <section aria-labelledby="files"><h2 id="files">Files</h2>
      \(table.markup)</section>

      """
  }

  /// Where it comes from: input, geometry, models, pipeline, program, times.
  var provenanceSection: Markup {
    let inputs = Table(
      caption: "What was read.",
      columns: [.init("File"), .init("Size", isNumber: true), .init("SHA-256")],
      rows: record.inputs.map {
        [.name($0.path.lastPathComponent), "\(Figures.bytes($0.bytes))", .hash($0.sha256)]
      } + run.models.compactMap(\.modelRow))
    let libraries = run.program.libraries.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let stages = Table(
      caption: "The stages in the order in which they ended, with their parameters.",
      columns: [.init("Stage"), .init("Kind"), .init("Time", isNumber: true), .init("Parameters")],
      rows: record.stages.map { stage in
        let parameters = (run.pipeline.stages[stage.name] ?? [:]).sorted { $0.key < $1.key }
          .map { "\($0.key) \($0.value.withoutFolders)" }.joined(separator: ", ")
        return [
          "\(stage.name)", "\(stage.kind)", "\(Figures.seconds(stage.seconds))", "\(parameters)",
        ]
      })
    let reading: Markup = record.reading.map { "<p>The scan was \($0.sentence).</p>\n" } ?? ""
    return """
      <section aria-labelledby="provenance"><h2 id="provenance">Provenance</h2>
      \(reading)\(geometry)\(inputs.markup)<p>Pipeline \(.name(run.pipeline.file.lastPathComponent)), SHA-256 \
      \(.hash(run.pipeline.sha256)). Calvaria \(run.program.version) with \(libraries).</p>
      <details><summary>Stages and parameters</summary>
      \(stages.markup)</details></section>

      """
  }

  /// The grid of the scan.
  private var geometry: Markup {
    guard let reading = record.reading else { return "" }
    let steps = reading.spacing.map { Figures.text($0, digits: 3) }
    let counts = reading.sizes.map(String.init)
    return
      "<p>Grid: \(counts.joined(separator: " × ")) voxels of \(steps.joined(separator: " × ")) mm.</p>\n"
  }
}

extension Markup {
  /// A digest, in the letters of a machine.
  static func hash(_ digest: String?) -> Markup {
    digest.map { "<span class=\"hash\">\($0)</span>" } ?? "\(Figures.none)"
  }
}

extension String {
  /// The name of a file, without its folders: those may name a person.
  var lastPathComponent: String {
    split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? self
  }
}

extension ParameterValue {
  /// The value as the account has it, but of a path only the file's name.
  var withoutFolders: String {
    if case .text(let text) = self, text.contains("/") {
      return text.split(separator: ";").map { String($0).lastPathComponent }.joined(separator: ";")
    }
    return description
  }
}

extension Note {
  fileprivate var double: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// A row for a model file; nil for other notes.
  fileprivate var modelRow: [Markup]? {
    guard case .object(let facts) = self, case .text(let path)? = facts["path"] else { return nil }
    var (bytes, digest): (Int?, String?)
    if case .integer(let count)? = facts["bytes"] { bytes = count }
    if case .text(let text)? = facts["sha256"] { digest = text }
    return [
      "model \(.name(path.lastPathComponent))", "\(Figures.bytes(bytes))", .hash(digest),
    ]
  }
}
