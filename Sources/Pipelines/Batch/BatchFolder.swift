import Files
import Foundation

/// The names inside the folder of a batch.
struct BatchFolder: Sendable {
  let path: String

  /// What the program remembers; nothing in it is needed to use the outputs.
  var memory: String { "\(path)/.calvaria" }
  var journal: String { "\(memory)/journal.jsonl" }
  var cache: String { "\(memory)/cache" }
  var account: String { "\(path)/run.json" }
  var failures: String { "\(path)/failures.json" }
  var summary: String { "\(path)/summary.json" }

  /// Where digests of files are remembered: beside the values that they lead to.
  static func digests(besideCache folder: String) -> String { "\(folder)/digests.txt" }

  /// Removes what a process that was killed left behind; nobody else may be writing.
  func sweep() {
    guard
      let names = FileManager.default.enumerator(
        at: URL(filePath: path), includingPropertiesForKeys: nil)
    else { return }
    for case let file as URL in names where TemporaryNames.isTemporary(file.lastPathComponent) {
      unlink(file.path(percentEncoded: false))
    }
  }
}
