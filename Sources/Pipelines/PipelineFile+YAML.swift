import Settings
public import Errors
import Files
import Dataflow
import Yams

extension PipelineFile {
  static let maximumStages = 1000

  /// Reads a pipeline file.
  ///
  /// - Throws: ``Diagnostics`` if nothing else can be checked: a YAML syntax error, a repeated key, a newer
  ///   version; `Diagnostic` if the file cannot be read. Every other mistake of form is kept in
  ///   ``mistakes``.
  public init(reading path: String) throws {
    try self.init(yaml: try SettingsFile.bytes(of: path, noun: "pipeline"), path: path)
  }

  /// Reads the bytes of a pipeline file.
  public init(yaml bytes: [UInt8], path: String) throws(Diagnostics) {
    var reader = YAMLReader(path: path, noun: "pipeline")
    let root = try reader.compose(bytes)
    guard var file = reader.pipeline(from: root) else { throw Diagnostics(reader.diagnostics) }
    file.mistakes = reader.diagnostics
    file.sha256 = bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }
    self = file
  }
}

extension YAMLReader {
  fileprivate mutating func pipeline(from root: Node) -> PipelineFile? {
    guard let top = mapping(root, "file") else { return nil }
    let known = ["version", "pipeline", "summary", "parameters", "stages", "outputs", "score"]
    for entry in top where !known.contains(entry.key) {
      let near = nearestName(to: entry.key, among: known)
      report(
        entry.place, entry.key, expected: "one of \(known.joined(separator: ", "))",
        found: entry.key, remedy: near.map { "did you mean \($0)?" } ?? "")
    }
    func value(_ key: String) -> Node? { top.first { $0.key == key }?.value }

    // In a newer version, the rest may have another meaning.
    guard checkVersion(value("version"), root) else { return nil }

    var file = PipelineFile(path: path, name: "pipeline")
    if let node = value("pipeline"), let name = scalar(node, "pipeline") {
      file.name = name.texts[0]
    }
    if let node = value("summary"), let text = scalar(node, "summary") {
      file.summary = text.texts[0]
    }
    if let node = value("score") { file.score = scalars(node, "score") }
    if let node = value("parameters") { file.parameters = scalars(node, "parameters") }
    if let node = value("outputs") {
      file.outputs = scalars(node, "outputs")
    } else {
      report(
        Self.place(root), "outputs", expected: "file names and the stages that fill them",
        found: "nothing", remedy: "add `outputs: {implant.nrrd: implant}`")
    }
    if let node = value("stages") {
      let (stages, names) = stages(node)
      file.stages = stages
      file.stageNames = names
    } else {
      report(Self.place(root), "stages", expected: "a mapping of stages", found: "nothing")
    }
    return file
  }

  /// Whether the rest of the file may be read.
  private mutating func checkVersion(_ node: Node?, _ root: Node) -> Bool {
    guard let node else {
      report(
        Self.place(root), "version", expected: "\(PipelineFile.version)", found: "nothing",
        remedy: "add `version: \(PipelineFile.version)`")
      return true
    }
    guard let text = scalar(node, "version") else { return true }
    let number = text.isList ? nil : Int(text.texts[0])
    if number == PipelineFile.version { return true }
    if (number ?? 0) > PipelineFile.version { diagnostics = [] }
    report(
      text.place, "version", expected: "\(PipelineFile.version)", found: text.quoted,
      remedy: (number ?? 0) > PipelineFile.version
        ? "this file is for a newer calvaria; update the program" : "write `version: 1`")
    return (number ?? 0) <= PipelineFile.version
  }

  private mutating func stages(_ node: Node) -> (
    stages: [SettingsEntry<PipelineFile.StageEntry>], names: [String]
  ) {
    guard let entries = mapping(node, "stages") else { return ([], []) }
    guard entries.count <= PipelineFile.maximumStages else {
      report(
        Self.place(node), "stages", expected: "at most \(PipelineFile.maximumStages) stages",
        found: "\(entries.count)", remedy: "split the pipeline")
      return ([], [])
    }
    let stages = entries.compactMap { entry -> SettingsEntry<PipelineFile.StageEntry>? in
      let field = "stages.\(entry.key)"
      guard let arguments = mapping(entry.value, field) else { return nil }
      guard let kind = arguments.first(where: { $0.key == "stage" }) else {
        report(
          Self.place(entry.value), field, expected: "`stage:` with the kind of the stage",
          found: "none", remedy: "write `\(entry.key): {stage: KIND, of: …}`")
        return nil
      }
      guard let kindText = word(kind.value, "\(field).stage") else { return nil }
      let rest = arguments.filter { $0.key != "stage" }.compactMap { argument in
        scalar(argument.value, "\(field).\(argument.key)").map {
          SettingsEntry(key: argument.key, place: argument.place, value: $0)
        }
      }
      return SettingsEntry(
        key: entry.key, place: entry.place,
        value: PipelineFile.StageEntry(kind: kindText, arguments: rest))
    }
    return (stages, entries.map(\.key))
  }
}
