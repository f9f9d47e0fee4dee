import Accounts
public import Errors

/// Something that users name in files or on the command line, as `calvaria stages`, `models` and `layouts` tell of it.
public protocol ReferenceEntry: Encodable, Sendable {
  /// What it is named by.
  var name: String { get }
  /// One line.
  var summary: String { get }
  /// All that is known of it, as lines for a terminal.
  var lines: [String] { get }
}

/// The things of one kind, as a registry lists them.
public struct ReferenceList<Entry: ReferenceEntry>: Sendable {
  /// What one of them is called, such as `stage`.
  public let noun: String
  /// In the order in which they are told.
  public let entries: [Entry]

  /// The entry of a name.
  ///
  /// - Throws: ``Diagnostics`` that names the nearest one.
  public func entry(named name: String) throws(Diagnostics) -> Entry {
    if let entry = entries.first(where: { $0.name == name }) { return entry }
    let names = entries.map(\.name)
    throw Diagnostics([
      Diagnostic(
        .configuration, field: noun, expected: "one of \(names.joined(separator: ", "))",
        found: name,
        remedy: nearestName(to: name, among: names).map { "did you mean \($0)?" }
          ?? "`calvaria \(noun)s` lists them")
    ])
  }

  /// A line for each entry: its name and its summary.
  public var lines: [String] {
    let width = entries.map(\.name.count).max() ?? 0
    return entries.map {
      $0.name + String(repeating: " ", count: width - $0.name.count + 2) + $0.summary
    }
  }

  /// One JSON array of objects.
  public func json() throws -> String { try JSONFile.text(of: entries) }
}

extension ReferenceEntry {
  /// One JSON object.
  public func json() throws -> String { try JSONFile.text(of: self) }
}
