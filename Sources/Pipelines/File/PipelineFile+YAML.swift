import Files
import StageGraph
import Yams

extension PipelineFile {
  /// The largest pipeline file that is read.
  static let maximumBytes = 1 << 20
  /// The most stages of a pipeline.
  static let maximumStages = 1000

  /// Reads a pipeline file.
  ///
  /// - Throws: ``PipelineErrors`` where there is nothing to check: a YAML syntax error, a repeated
  ///   key, a newer version; `FileError` where the file cannot be read. Every other mistake of form
  ///   is kept in ``mistakes``.
  public init(reading path: String) throws {
    let file = try InputFile(path)
    guard file.size <= Self.maximumBytes else {
      throw PipelineErrors([
        Diagnostic(
          file: path, place: nil, field: "file", expected: "a pipeline file of at most 1 MiB",
          found: "\(file.size) bytes", remedy: "name a pipeline file")
      ])
    }
    try self.init(yaml: try file.bytes(at: 0, count: file.size), path: path)
  }

  /// Reads the bytes of a pipeline file.
  public init(yaml bytes: [UInt8], path: String) throws(PipelineErrors) {
    var reader = PipelineReader(path: path)
    let root = try reader.compose(bytes)
    guard var file = reader.pipeline(from: root) else { throw PipelineErrors(reader.diagnostics) }
    file.mistakes = reader.diagnostics
    self = file
  }
}

/// Turns YAML nodes into a pipeline file and gathers what is wrong on the way.
private struct PipelineReader {
  let path: String
  var diagnostics: [Diagnostic] = []

  init(path: String) { self.path = path }

  // MARK: YAML

  func compose(_ bytes: [UInt8]) throws(PipelineErrors) -> Node {
    // A byte order mark is no part of the text.
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw alone(nil, "file", "a YAML text in UTF-8", "other bytes", "name a pipeline file")
    }
    if let place = Self.alias(in: bytes) {
      throw alone(
        place, "YAML", "values written out", "an alias (*name)", "repeat the value instead")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw syntax(error)
    } catch {
      throw alone(nil, "YAML", "a YAML document", "\(error)", "")
    }
    guard let node else {
      throw alone(
        Place(line: 1, column: 1), "file", "a pipeline", "an empty file",
        "see the pipelines folder for examples")
    }
    return node
  }

  /// Where the text uses an alias of an anchor. Aliases let a short file stand for an endless one,
  /// even while YAML is read, and pipelines have parameters instead.
  ///
  /// Looks for `&name` and `*name` wherever they stand, quotes and comments included, so nothing that
  /// YAML takes for an alias is missed. An alias without its anchor is YAML's own error.
  private static func alias(in bytes: [UInt8]) -> Place? {
    func name(from start: Int) -> ArraySlice<UInt8> {
      bytes[start...].prefix { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
    }
    var anchors: Set<[UInt8]> = []
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "&") {
      anchors.insert(Array(name(from: index + 1)))
    }
    anchors.remove([])
    guard !anchors.isEmpty else { return nil }
    var place = Place(line: 1, column: 1)
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "*"), anchors.contains(Array(name(from: index + 1))) { return place }
      if byte == UInt8(ascii: "\n") {
        place = Place(line: place.line + 1, column: 1)
      } else if byte & 0xC0 != 0x80 {
        place.column += 1
      }
    }
    return nil
  }

  private func alone(
    _ place: Place?, _ field: String, _ expected: String, _ found: String, _ remedy: String
  ) -> PipelineErrors {
    PipelineErrors([
      Diagnostic(
        file: path, place: place, field: field, expected: expected, found: found, remedy: remedy)
    ])
  }

  private func syntax(_ error: YamlError) -> PipelineErrors {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      alone(
        Place(line: mark.line, column: mark.column), "YAML", "valid YAML", problem,
        "check indentation, colons and brackets around this place")
    case .duplicatedKeysInMapping(let keys, let context):
      alone(
        Place(line: context.mark.line, column: context.mark.column), "YAML",
        "each key once in the mapping that begins here", "\(keys.joined(separator: ", ")) repeated",
        "rename or remove one")
    case .reader(let problem, _, _, _):
      alone(nil, "YAML", "a YAML text", problem, "name a pipeline file")
    default:
      alone(nil, "YAML", "a YAML document", "\(error)", "")
    }
  }

  // MARK: Structure

  private mutating func report(
    _ place: Place?, _ field: String, expected: String, found: String, remedy: String = ""
  ) {
    diagnostics.append(
      Diagnostic(
        file: path, place: place, field: field, expected: expected, found: found, remedy: remedy))
  }

  mutating func pipeline(from root: Node) -> PipelineFile? {
    guard let top = mapping(root, "file") else { return nil }
    let known = ["version", "pipeline", "summary", "parameters", "stages", "outputs"]
    for entry in top where !known.contains(entry.key) {
      let near = nearestName(to: entry.key, among: known)
      report(
        entry.place, entry.key, expected: "one of \(known.joined(separator: ", "))",
        found: entry.key, remedy: near.map { "did you mean \($0)?" } ?? "")
    }
    func value(_ key: String) -> Node? { top.first { $0.key == key }?.value }

    // A newer version may mean anything by what follows.
    guard checkVersion(value("version"), root) else { return nil }

    var file = PipelineFile(path: path, name: "pipeline")
    if let node = value("pipeline"), let name = scalar(node, "pipeline") {
      file.name = name.texts[0]
    }
    if let node = value("summary"), let text = scalar(node, "summary") {
      file.summary = text.texts[0]
    }
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
    stages: [PipelineFile.Entry<PipelineFile.StageEntry>], names: [String]
  ) {
    guard let entries = mapping(node, "stages") else { return ([], []) }
    guard entries.count <= PipelineFile.maximumStages else {
      report(
        Self.place(node), "stages", expected: "at most \(PipelineFile.maximumStages) stages",
        found: "\(entries.count)", remedy: "split the pipeline")
      return ([], [])
    }
    let stages = entries.compactMap { entry -> PipelineFile.Entry<PipelineFile.StageEntry>? in
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
          PipelineFile.Entry(key: argument.key, place: argument.place, value: $0)
        }
      }
      return PipelineFile.Entry(
        key: entry.key, place: entry.place,
        value: PipelineFile.StageEntry(kind: kindText, arguments: rest))
    }
    return (stages, entries.map(\.key))
  }

  // MARK: Nodes

  private mutating func mapping(_ node: Node, _ field: String) -> [PipelineFile.Entry<Node>]? {
    guard case .mapping(let mapping) = node else {
      report(
        Self.place(node), field, expected: "a mapping (`name: value` lines)",
        found: Self.form(node))
      return nil
    }
    return mapping.compactMap { key, value in
      guard case .scalar(let name) = key, !name.string.isEmpty,
        !name.string.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
      else {
        report(
          Self.place(key), field, expected: "names as keys, without control characters",
          found: Self.form(key))
        return nil
      }
      return PipelineFile.Entry(key: name.string, place: Self.place(key), value: value)
    }
  }

  private mutating func scalars(_ node: Node, _ field: String)
    -> [PipelineFile.Entry<PipelineFile.Scalar>]
  {
    // `parameters:` with nothing behind it is an empty mapping.
    if case .scalar(let scalar) = node, scalar.string.isEmpty { return [] }
    return (mapping(node, field) ?? []).compactMap { entry in
      scalar(entry.value, "\(field).\(entry.key)").map {
        PipelineFile.Entry(key: entry.key, place: entry.place, value: $0)
      }
    }
  }

  private mutating func scalar(_ node: Node, _ field: String) -> PipelineFile.Scalar? {
    switch node {
    case .scalar(let scalar):
      return .init(texts: [scalar.string], isList: false, place: Self.place(node))
    case .sequence(let sequence):
      let texts = sequence.compactMap { element -> String? in
        if case .scalar(let scalar) = element { scalar.string } else { nil }
      }
      guard texts.count == sequence.count, !texts.isEmpty else { break }
      return .init(texts: texts, isList: true, place: Self.place(node))
    default: break
    }
    report(
      Self.place(node), field, expected: "one value, or a list of values", found: Self.form(node))
    return nil
  }

  private mutating func word(_ node: Node, _ field: String) -> PipelineFile.Scalar? {
    guard let value = scalar(node, field) else { return nil }
    guard !value.isList, !value.texts[0].isEmpty else {
      report(value.place, field, expected: "one name", found: value.quoted)
      return nil
    }
    return value
  }

  private static func form(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "the text '\(scalar.string)'"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  private static func place(_ node: Node) -> Place {
    Place(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }
}
