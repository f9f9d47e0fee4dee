import Accounts
import Dataflow
import Errors
import Files
import Foundation
public import Scores

/// The scores of many cases: `scores.csv`.
public struct ScoreTable: Sendable {
  /// The name of the file in a folder of outputs.
  public static let fileName = "scores.csv"

  /// One case.
  public struct Row: Sendable {
    public var name: String
    /// The kind of defect, or empty.
    public var kind: String
    /// The scores, or nil where the case failed.
    public var score: CaseScore?
    /// Why it failed, one sentence, or nil.
    public var failure: String?
    /// Seconds that reading and scoring took.
    public var seconds: Double

    /// A record of its parts.
    package init(
      name: String, kind: String, score: CaseScore? = nil, failure: String? = nil, seconds: Double
    ) {
      self.name = name
      self.kind = kind
      self.score = score
      self.failure = failure
      self.seconds = seconds
    }

    /// What stands in the column `status`.
    public var status: String { score?.scores.status.rawValue ?? "failed" }
  }

  /// The rows, in the order of kinds and names.
  public var rows: [Row]

  /// A record of its parts.
  package init(rows: [Row]) {
    self.rows = rows
  }

  /// The cases that failed.
  public var failures: [Row] { rows.filter { $0.score == nil } }

  /// The table as comma-separated values; a value that cannot be formed is empty.
  public var csv: String {
    var lines = ["case,kind,dsc,bdsc,hd95,hd,seconds,status"]
    for row in rows {
      func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
      let scores = row.score?.scores
      lines.append(
        [
          Self.quoted(row.name), Self.quoted(row.kind), number(scores?.dsc), number(scores?.bdsc),
          number(scores?.hd95), number(scores?.hd), String(format: "%.3f", row.seconds), row.status,
        ].joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The mean of a score over the cases that have it, and how many have.
  public func mean(_ score: KeyPath<MaskScores, Double?>) -> (mean: Double, count: Int)? {
    let values = rows.compactMap { $0.score?.scores[keyPath: score] }
    return values.isEmpty ? nil : (values.reduce(0, +) / Double(values.count), values.count)
  }

  /// Writes ``csv`` into a folder, which is made where it is missing; returns the file.
  ///
  /// - Throws: `Diagnostic` where it cannot be written.
  public func write(into folder: String) throws -> String {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic(
        .unwritable, folder, field: "output", expected: "a folder that can be made",
        found: "a file or no permission", remedy: "choose another")
    }
    let path = "\(folder)/\(Self.fileName)"
    try AtomicFile.write(csv.utf8, to: path)
    return path
  }

  /// The table as JSON: the rows as objects of one case each, and what failed.
  ///
  /// - Throws: what the encoder throws.
  public func json() throws -> String {
    struct Case: Encodable {
      let row: Row
      enum Key: String, CodingKey { case name = "case", kind, seconds, status, error }
      func encode(to encoder: any Encoder) throws {
        try row.score?.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(row.name, forKey: .name)
        try container.encode(row.kind, forKey: .kind)
        try container.encode(row.seconds, forKey: .seconds)
        try container.encode(row.status, forKey: .status)
        try container.encodeIfPresent(row.failure, forKey: .error)
      }
    }
    struct Table: Encodable {
      let formatVersion = 1
      let cases: [Case]
    }
    return try JSONFile.text(of: Table(cases: rows.map { Case(row: $0) }))
  }

  /// A field of a table; what a spreadsheet would cut or run is quoted.
  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
