package import Errors
import Files
import Foundation

/// A case that failed, as `failures.json` lists it.
package struct FailureRecord: Codable, Sendable {
  package var `case`: String
  /// The case's input file, as it was named.
  package var path: String
  /// The stage that failed; null if none did, for example if memory was lacking.
  package var stage: String?
  package var diagnostic: Diagnostic
  /// SHA-256 of the input; null if it cannot be read.
  package var inputSHA256: String?
  /// The command that runs this case alone.
  package var rerun: String

  package init(
    `case`: String, path: String, failure: CaseFailure, inputSHA256: String?, rerun: String
  ) {
    (self.`case`, self.path) = (`case`, path)
    (stage, diagnostic) = (failure.stage, failure.diagnostic)
    (self.inputSHA256, self.rerun) = (inputSHA256, rerun)
  }

  package var failure: CaseFailure { CaseFailure(stage: stage, diagnostic) }

  private enum CodingKeys: CodingKey {
    case `case`, path, stage, code, message, inputSHA256, rerun
    /// The parts of the message.
    case subject, line, column, field, expected, found, remedy
  }

  /// Writes every key; a missing value is null. `message` is the diagnostic in one line.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(`case`, forKey: .case)
    try container.encode(path, forKey: .path)
    try container.encode(stage, forKey: .stage)
    try container.encode(diagnostic.code, forKey: .code)
    try container.encode(diagnostic.description, forKey: .message)
    try container.encode(inputSHA256, forKey: .inputSHA256)
    try container.encode(rerun, forKey: .rerun)
    try container.encode(diagnostic.subject, forKey: .subject)
    try container.encode(diagnostic.place?.line, forKey: .line)
    try container.encode(diagnostic.place?.column, forKey: .column)
    try container.encode(diagnostic.field, forKey: .field)
    try container.encode(diagnostic.expected, forKey: .expected)
    try container.encode(diagnostic.found, forKey: .found)
    try container.encode(diagnostic.remedy, forKey: .remedy)
  }

  /// Reads a record. Older programs wrote no parts; their message is then taken as what was found.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func text(_ key: CodingKeys) throws -> String? {
      try container.decodeIfPresent(String.self, forKey: key)
    }
    `case` = try container.decode(String.self, forKey: .case)
    path = try container.decode(String.self, forKey: .path)
    stage = try text(.stage)
    let line = try container.decodeIfPresent(Int.self, forKey: .line)
    let column = try container.decodeIfPresent(Int.self, forKey: .column)
    let message = try container.decode(String.self, forKey: .message)
    diagnostic = Diagnostic(
      try container.decode(Diagnostic.Code.self, forKey: .code), try text(.subject) ?? path,
      at: line.map { Place(line: $0, column: column) }, field: try text(.field) ?? "case",
      expected: try text(.expected) ?? "no failure", found: try text(.found) ?? message,
      remedy: try text(.remedy) ?? "run the case again")
    inputSHA256 = try text(.inputSHA256)
    rerun = try container.decode(String.self, forKey: .rerun)
  }

  /// The failures of a folder's last run; empty if there was no run.
  ///
  /// - Throws: `Diagnostic` if the file is not a list of failures.
  package static func read(_ path: String) throws(Diagnostic) -> [FailureRecord] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    do { return try JSONDecoder().decode([FailureRecord].self, from: data) } catch {
      throw Diagnostic(
        .unreadable, path, field: "failures", expected: "the list that `calvaria batch` writes",
        found: "something else", remedy: "remove the file")
    }
  }
}
