package import Errors
import Files
package import Yams

/// Reads YAML with line numbers, and collects what is wrong with it.
package struct YAMLReader {
  package let path: String
  /// What kind of file it is, such as `pipeline`.
  let noun: String
  package var diagnostics: [Diagnostic] = []

  package init(path: String, noun: String) { (self.path, self.noun) = (path, noun) }

  // MARK: YAML

  package func compose(_ bytes: [UInt8]) throws(Diagnostics) -> Node {
    // A byte order mark is not part of the text.
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    if !bytes.isEmpty, let foreign = ForeignFile.recognised(by: bytes) {
      throw alone(nil, "file", "a \(noun) file", foreign.found, foreign.remedy)
    }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw alone(nil, "file", "a YAML text in UTF-8", "other bytes", "name a \(noun) file")
    }
    if let place = Self.alias(in: bytes) {
      throw alone(
        place, "YAML", "values written out", "an alias (*name)", "repeat the value instead")
    }
    let blank = OddBlank(in: text)
    if let blank, blank.separates { throw odd(blank) }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw blank.map(odd) ?? syntax(error)
    } catch {
      throw alone(nil, "YAML", "a YAML document", "\(error)", "")
    }
    guard let node else {
      throw alone(
        Place(line: 1, column: 1), "file", "a \(noun)", "an empty file",
        "see the examples that come with the program")
    }
    return node
  }

  /// Where the text uses an alias. With aliases, a short file can expand without limit while YAML is read;
  /// pipelines have parameters instead.
  ///
  /// Looks for `&name` and `*name` everywhere, also in quotes and comments, so that no alias is missed.
  /// YAML itself reports an alias without an anchor.
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
    var (line, column) = (1, 1)
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "*"), anchors.contains(Array(name(from: index + 1))) {
        return Place(line: line, column: column)
      }
      if byte == UInt8(ascii: "\n") {
        (line, column) = (line + 1, 1)
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return nil
  }

  private func alone(
    _ place: Place?, _ field: String, _ expected: String, _ found: String, _ remedy: String
  ) -> Diagnostics {
    Diagnostics([
      Diagnostic(
        .configuration, path, at: place, field: field, expected: expected, found: found,
        remedy: remedy)
    ])
  }

  private func odd(_ blank: OddBlank) -> Diagnostics {
    alone(
      blank.place, "YAML", "spaces",
      "\(blank.name) \(blank.isIndentation ? "in the indentation" : "between words")",
      "put spaces in its place")
  }

  private func syntax(_ error: YamlError) -> Diagnostics {
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
      alone(nil, "YAML", "a YAML text", problem, "name a \(noun) file")
    default:
      alone(nil, "YAML", "a YAML document", "\(error)", "")
    }
  }

  package mutating func report(
    _ place: Place?, _ field: String, expected: String, found: String, remedy: String = ""
  ) {
    diagnostics.append(
      Diagnostic(
        .configuration, path, at: place, field: field, expected: expected, found: found,
        remedy: remedy))
  }

  // MARK: Nodes

  package mutating func mapping(_ node: Node, _ field: String) -> [SettingsEntry<Node>]? {
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
      return SettingsEntry(key: name.string, place: Self.place(key), value: value)
    }
  }

  package mutating func scalars(_ node: Node, _ field: String)
    -> [SettingsEntry<SettingsText>]
  {
    // `parameters:` without a value is an empty mapping.
    if case .scalar(let scalar) = node, scalar.string.isEmpty { return [] }
    return (mapping(node, field) ?? []).compactMap { entry in
      scalar(entry.value, "\(field).\(entry.key)").map {
        SettingsEntry(key: entry.key, place: entry.place, value: $0)
      }
    }
  }

  package mutating func scalar(_ node: Node, _ field: String) -> SettingsText? {
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

  package mutating func word(_ node: Node, _ field: String) -> SettingsText? {
    guard let value = scalar(node, field) else { return nil }
    guard !value.isList, !value.texts[0].isEmpty else {
      report(value.place, field, expected: "one name", found: value.quoted)
      return nil
    }
    return value
  }

  static func form(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "the text '\(scalar.string)'"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  package static func place(_ node: Node) -> Place {
    Place(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }
}
