import Accounts
import Dataflow
import Errors
import Files
import Foundation
public import Scores

/// The scores of many cases: `scores.csv`.
public struct ScoreTable: Sendable {
  /// The name of the file in the output folder.
  public static let fileName = "scores.csv"

  public struct Row: Sendable {
    public var name: String
    /// The kind of defect; empty if unknown.
    public var kind: String
    /// The scores; nil if the case failed.
    public var score: CaseScore?
    /// Why it failed, in one sentence; nil if it did not.
    public var failure: String?
    /// The time for reading and scoring, in seconds.
    public var seconds: Double

    package init(
      name: String, kind: String, score: CaseScore? = nil, failure: String? = nil, seconds: Double
    ) {
      self.name = name
      self.kind = kind
      self.score = score
      self.failure = failure
      self.seconds = seconds
    }

    /// The text of the column `status`.
    public var status: String { score?.scores.status.rawValue ?? "failed" }
  }

  /// The rows, sorted by kind and name.
  public var rows: [Row]

  package init(rows: [Row]) {
    self.rows = rows
  }

  public var failures: [Row] { rows.filter { $0.score == nil } }

  /// The table as comma-separated values; an undefined value is empty.
  public var csv: String {
    var lines = ["case,kind,dsc,bdsc,hd95,hd,seconds,status"]
    for row in rows {
      func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
      let scores = row.score?.scores
      lines.append(
        [
          CSVText.quoted(row.name), CSVText.quoted(row.kind), number(scores?.dsc),
          number(scores?.bdsc),
          number(scores?.hd95), number(scores?.hd), String(format: "%.3f", row.seconds), row.status,
        ].joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The mean of a score over the cases that have it, and the number of these cases.
  public func mean(_ score: KeyPath<MaskScores, Double?>) -> (mean: Double, count: Int)? {
    let values = rows.compactMap { $0.score?.scores[keyPath: score] }
    return values.isEmpty ? nil : (values.reduce(0, +) / Double(values.count), values.count)
  }

  /// Writes ``csv`` into a folder, which is created if missing; returns the path of the file.
  ///
  /// - Throws: `Diagnostic` if it cannot be written.
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

  /// The table as JSON: one object per case, also for those that failed.
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
}
