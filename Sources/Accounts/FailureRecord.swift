package import Errors
import Files
import Foundation

/// A case that failed, as `failures.json` lists it.
package struct FailureRecord: Codable, Sendable {
  /// The case's name.
  package var `case`: String
  /// The input.
  package var path: String
  /// The stage that failed; null where none did, such as for want of memory.
  package var stage: String?
  /// What kind of trouble it is, see ``CaseFailure/code``.
  package var code: String
  /// One line.
  package var message: String
  /// The digest of the input; null where it cannot be read.
  package var inputSHA256: String?
  /// The command that runs this case alone.
  var rerun: String

  /// A record of its parts.
  package init(
    `case`: String, path: String, stage: String? = nil, code: String, message: String,
    inputSHA256: String? = nil, rerun: String
  ) {
    self.`case` = `case`
    self.path = path
    self.stage = stage
    self.code = code
    self.message = message
    self.inputSHA256 = inputSHA256
    self.rerun = rerun
  }

  private enum CodingKeys: CodingKey { case `case`, path, stage, code, message, inputSHA256, rerun }

  /// All keys always.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(`case`, forKey: .case)
    try container.encode(path, forKey: .path)
    try container.encode(stage, forKey: .stage)
    try container.encode(code, forKey: .code)
    try container.encode(message, forKey: .message)
    try container.encode(inputSHA256, forKey: .inputSHA256)
    try container.encode(rerun, forKey: .rerun)
  }

  /// The failures of a folder's last run; none where there was none.
  ///
  /// - Throws: `Diagnostic` where the file is not one of failures.
  package static func read(_ path: String) throws(Diagnostic) -> [FailureRecord] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    do { return try JSONDecoder().decode([FailureRecord].self, from: data) } catch {
      throw Diagnostic(
        .unreadable, path, field: "failures", expected: "the list that `calvaria batch` writes",
        found: "something else", remedy: "remove the file")
    }
  }
}

/// The command line that runs one case of a batch alone.
package enum RerunCommand {
  /// Options that say which cases are run, or how it is told; the first list takes a value.
  private static let valued = ["--only", "--shard", "--trace"]
  private static let flags = [
    "--retry-failed", "--fail-fast", "--explain", "--dry-run", "--rehash",
  ]

  package static func text(_ command: [String], case name: String) -> String {
    var words = ["calvaria"]
    var skips = false
    for word in command {
      if skips {
        skips = false
      } else if valued.contains(word) {
        skips = true
      } else if !flags.contains(word), !valued.contains(where: { word.hasPrefix($0 + "=") }) {
        words.append(word)
      }
    }
    let only = name.hasPrefix("-") ? ["--only=\(name)"] : ["--only", name]
    // Behind two dashes nothing is an option.
    words.insert(contentsOf: only, at: words.firstIndex(of: "--") ?? words.endIndex)
    return words.map(quoted).joined(separator: " ")
  }

  /// A word as a shell takes it.
  private static func quoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "-_./=,:+%@".unicodeScalars.contains($0)
    }
    if plain, !word.isEmpty { return word }
    return "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
