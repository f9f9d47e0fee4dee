import Accounts
import Dataflow
import Files
import Foundation

/// Texts of a run without the folders of files: those may name a person.
struct PlainPaths {
  /// Folders that are known, with their slash, the longest first.
  private let folders: [String]

  init(of record: RunAccount.CaseRecord, in run: RunAccount) {
    let files =
      [record.path, run.pipeline.file] + record.inputs.map(\.path)
      + [record.score?.truth].compactMap { $0 }
      + Self.paths(run.pipeline.stages.values.flatMap { $0.values.map(\.description) })
      + Self.paths(run.command)
    self.init(of: files)
  }

  /// Texts in which these files may be named.
  init(of files: [String]) {
    let found = files.compactMap { file in
      file.lastIndex(of: "/").map { String(file[...$0]) }
    }
    // The root alone would take every slash.
    folders = Set(found).filter { $0.count > 1 }.sorted { $0.count > $1.count }
  }

  private static func paths(_ texts: [String]) -> [String] { texts.filter { $0.contains("/") } }

  /// A text in which files stand without their folders: those that are known, and whatever else begins with a slash.
  func callAsFunction(_ text: String) -> String {
    let further = "(?:[^\\s\"'”()/:]+/)"
    func without(_ pattern: String, _ kept: String, in text: String) -> String {
      text.replacingOccurrences(of: pattern, with: kept, options: .regularExpression)
    }
    let known = folders.reduce(text) {
      // Not the end of another word: a folder `in` is none of `within/reach`.
      without(
        "(?<![^\\s\"'“(=:,])" + NSRegularExpression.escapedPattern(for: $1) + further + "*", "",
        in: $0)
    }
    return without("(^|[\\s\"'“(=:,])/" + further + "+", "$1", in: known)
  }
}
