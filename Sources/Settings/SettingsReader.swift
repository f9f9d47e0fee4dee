package import Errors
import Dataflow
import Yams

/// Reads the sections of a settings file key by key, and collects every mistake.
///
/// A file is a mapping of values and of sections, which are mappings of values, some of groups of values too. A key that was never
/// asked for is a mistake too, see ``finish()``.
package struct SettingsReader {
  /// A value and where it comes from.
  private struct Setting {
    var scalar: SettingsText
    var isRead = false
  }

  private let path: String
  /// By `key`, `section.key` and `section.group.key`.
  private var settings: [String: Setting] = [:]
  /// The keys that were asked for, in order.
  private var known: [String] = []
  private var sections: [String: Place] = [:]
  package private(set) var diagnostics: [Diagnostic] = []

  /// Reads a YAML file of sections.
  ///
  /// - Throws: ``Diagnostics`` for mistakes after which nothing else can be checked: bad YAML, repeated
  ///   keys, a newer version.
  package init(
    yaml bytes: [UInt8], path: String, noun: String, version: Int, sections names: [String],
    groups: [String] = [], overrides: [Override]
  ) throws(Diagnostics) {
    self.path = path
    var yaml = YAMLReader(path: path, noun: noun)
    let root = try yaml.compose(bytes)
    guard let top = yaml.mapping(root, "file") else { throw Diagnostics(yaml.diagnostics) }
    for entry in top {
      if names.contains(entry.key) {
        sections[entry.key] = entry.place
        readSection(entry.value, entry.key, groups: groups, &yaml)
      } else if case .mapping = entry.value {
        let near = nearestName(to: entry.key, among: names)
        yaml.report(
          entry.place, entry.key, expected: "one of the sections \(names.joined(separator: ", "))",
          found: entry.key, remedy: near.map { "did you mean \($0)?" } ?? "")
      } else if let scalar = yaml.scalar(entry.value, entry.key) {
        settings[entry.key] = Setting(scalar: scalar)
      }
    }
    diagnostics = yaml.diagnostics
    try checkVersion(version, root)
    for change in overrides {
      for section in names + groups
      where change.name.hasPrefix(section + ".") && sections[section] == nil {
        sections[section] = Place(line: 1, column: 1)
      }
      settings[change.name] = Setting(
        scalar: SettingsText(change, at: Place(line: 1, column: 1)))
    }
  }

  /// The values of a section, and those of its groups.
  private mutating func readSection(
    _ node: Node, _ name: String, groups: [String], _ yaml: inout YAMLReader
  ) {
    // `data:` without a value is an empty mapping.
    if case .scalar(let scalar) = node, scalar.string.isEmpty { return }
    for inner in yaml.mapping(node, name) ?? [] {
      let key = "\(name).\(inner.key)"
      if groups.contains(key), case .mapping = inner.value {
        sections[key] = inner.place
        readSection(inner.value, key, groups: [], &yaml)
      } else if let scalar = yaml.scalar(inner.value, key) {
        settings[key] = Setting(scalar: scalar)
      }
    }
  }

  /// In a newer version, everything else may have another meaning; so this is the only error then.
  private mutating func checkVersion(_ version: Int, _ root: Node) throws(Diagnostics) {
    known.append("version")
    guard let written = settings["version"]?.scalar else {
      report(
        "version", place: YAMLReader.place(root), expected: "\(version)", found: "nothing",
        remedy: "add `version: \(version)`")
      return
    }
    settings["version"]?.isRead = true
    let number = written.isList ? nil : Int(written.texts[0])
    if number == version { return }
    if let number, number > version {
      throw Diagnostics([
        Diagnostic(
          .configuration, path, at: written.place, field: "version", expected: "\(version)",
          found: written.quoted, remedy: "this file is for a newer calvaria; update the program")
      ])
    }
    report(
      "version", place: written.place, expected: "\(version)", found: written.quoted,
      remedy: "write `version: \(version)`")
  }

  /// Whether the file has a section, or `--set` names a key of it.
  package func has(section: String) -> Bool { sections[section] != nil }

  package func has(_ key: String) -> Bool { settings[key] != nil }

  /// Records a mistake about a key.
  package mutating func report(
    _ key: String, place: Place? = nil, expected: String, found: String, remedy: String = ""
  ) {
    let setting = settings[key]
    let section = sections[String(key.prefix { $0 != "." })]
    diagnostics.append(
      Diagnostic(
        .configuration, setting?.scalar.origin ?? path,
        at: setting?.scalar.origin == nil ? place ?? setting?.scalar.place ?? section : nil,
        field: key, expected: expected, found: found, remedy: remedy))
  }

  /// The text of a key for messages.
  package func quoted(_ key: String) -> String { settings[key]?.scalar.quoted ?? "nothing" }

  // MARK: Values

  /// The value of a key, converted by `read`; nil if it is not set, or wrong, which is recorded.
  private mutating func value<Value>(
    _ key: String, _ expected: String, words: [String] = [], required: Bool,
    _ read: (SettingsText) -> Value?
  ) -> Value? {
    known.append(key)
    guard let setting = settings[key] else {
      if required {
        report(key, expected: expected, found: "nothing", remedy: "add it")
      }
      return nil
    }
    settings[key]?.isRead = true
    if let value = read(setting.scalar) { return value }
    let wrong = setting.scalar.texts.first { !words.contains($0) } ?? ""
    let near = nearestName(to: wrong, among: words)
    report(
      key, expected: expected, found: setting.scalar.quoted,
      remedy: near.map { "did you mean \($0)?" } ?? "")
    return nil
  }

  /// A finite number within bounds.
  package mutating func number(
    _ key: String, _ range: ClosedRange<Double>, required: Bool = false
  ) -> Double? {
    let kind = ParameterDeclaration.Kind.number(range)
    return value(key, kind.description, required: required) { scalar -> Double? in
      if case .number(let number)? = ParameterValue(
        scalar.texts, isList: scalar.isList, as: kind)
      {
        number
      } else {
        nil
      }
    }
  }

  /// A whole number within bounds.
  package mutating func integer(_ key: String, _ range: ClosedRange<Int>, required: Bool = false)
    -> Int?
  {
    value(
      key, ParameterDeclaration.Kind.integer(range).description, required: required
    ) { scalar in
      scalar.isList ? nil : Int(scalar.texts[0]).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  package mutating func seed(_ key: String) -> UInt64? {
    value(key, "a whole number from 0 to 2⁶⁴ − 1", required: false) { scalar in
      scalar.isList ? nil : UInt64(scalar.texts[0])
    }
  }

  package mutating func text(_ key: String, _ expected: String = "a text", required: Bool = false)
    -> String?
  {
    value(key, expected, required: required) { scalar in
      scalar.isList || scalar.texts[0].isEmpty ? nil : scalar.texts[0]
    }
  }

  /// One of a few words.
  package mutating func choice(_ key: String, _ words: [String], required: Bool = false) -> String?
  {
    value(
      key, "one of \(words.joined(separator: ", "))", words: words, required: required
    ) { scalar in
      !scalar.isList && words.contains(scalar.texts[0]) ? scalar.texts[0] : nil
    }
  }

  /// One of the words of a type.
  package mutating func word<Word: RawRepresentable & CaseIterable>(_ key: String) -> Word?
  where Word.RawValue == String {
    choice(key, Word.allCases.map(\.rawValue)).flatMap(Word.init(rawValue:))
  }

  /// Some texts, or `none`; if `words` are given, only these.
  package mutating func list(_ key: String, words: [String]? = nil) -> [String]? {
    let expected =
      words.map { "none, or some of \($0.joined(separator: ", "))" } ?? "none, or some names"
    return value(key, expected, words: words ?? [], required: false) { scalar in
      if scalar.texts == ["none"] { return [] }
      guard scalar.texts.allSatisfy({ !$0.isEmpty && words?.contains($0) ?? true }),
        Set(scalar.texts).count == scalar.texts.count
      else { return nil }
      return scalar.texts
    }
  }

  /// Whole numbers within bounds.
  package mutating func integers(_ key: String, counts: ClosedRange<Int>, _ range: ClosedRange<Int>)
    -> [Int]?
  {
    value(
      key,
      "\(counts.lowerBound) to \(counts.upperBound) whole numbers from \(range.lowerBound) to "
        + "\(range.upperBound), in brackets", required: false
    ) { scalar in
      let values = scalar.texts.compactMap { Int($0) }
      return values.count == scalar.texts.count && counts.contains(values.count)
        && values.allSatisfy(range.contains) ? values : nil
    }
  }

  /// Two finite numbers in brackets, the lesser first.
  package mutating func range(_ key: String, in limits: ClosedRange<Double>)
    -> ClosedRange<Double>?
  {
    value(
      key,
      "two numbers from \(limits.lowerBound) to \(limits.upperBound) in brackets, the lesser first",
      required: false
    ) { scalar in
      let values = scalar.texts.compactMap { Double($0) }
      return values.count == scalar.texts.count && values.count == 2 && values[0] <= values[1]
        && values.allSatisfy(limits.contains) ? values[0]...values[1] : nil
    }
  }

  /// Sizes such as `64x64x32`.
  package mutating func sizes(_ key: String, required: Bool = false) -> SIMD3<Int>? {
    let kind = ParameterDeclaration.Kind.sizes
    return value(key, kind.description, required: required) { scalar -> SIMD3<Int>? in
      if case .sizes(let sizes)? = ParameterValue(scalar.texts, isList: scalar.isList, as: kind) {
        SIMD3(sizes[0], sizes[1], sizes[2])
      } else {
        nil
      }
    }
  }

  // MARK: End

  /// Records a mistake for each key that was not asked for, and throws if there is any mistake.
  package mutating func finish() throws(Diagnostics) {
    for (key, setting) in settings.sorted(by: { $0.key < $1.key }) where !setting.isRead {
      // Also keys that have no meaning here, such as `data.folder` beside `data.skulls`.
      let section = key.firstIndex(of: ".").map { String(key[...$0]) } ?? ""
      // `version` cannot be overridden, so it is not suggested.
      let fitting = known.filter {
        $0 != key && (section.isEmpty ? !$0.contains(".") : $0.hasPrefix(section))
      }
      let near = nearestName(to: key, among: fitting)
      report(
        key,
        expected: fitting.isEmpty
          ? "a setting of this file" : "one of \(fitting.joined(separator: ", "))", found: key,
        remedy: near.map { "did you mean \($0)?" } ?? "remove it")
    }
    if !diagnostics.isEmpty { throw Diagnostics(diagnostics) }
  }
}
