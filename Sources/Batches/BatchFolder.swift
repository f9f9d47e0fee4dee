import Files
import Foundation

/// The names inside the folder of a batch.
struct BatchFolder: Sendable {
  let path: String

  /// What the program remembers; nothing in it is needed to use the outputs.
  var memory: String { "\(path)/.calvaria" }
  var journal: String { "\(memory)/journal.jsonl" }
  var cache: String { "\(memory)/cache" }
  /// What the next run goes by.
  static let failures = "failures.json"
  var failures: String { "\(path)/\(Self.failures)" }

  /// Where digests of files are remembered: beside the values that they lead to.
  static func digests(besideCache folder: String) -> String { "\(folder)/digests.txt" }

  /// Removes what a process that was killed left behind in the folders that a batch writes into; nobody
  /// else may be writing.
  func sweep(_ outputs: [BatchPipeline.Output]) {
    func remove(_ folder: String, _ names: [String]) {
      for name in names where TemporaryNames.isTemporary(name.split(separator: "/").last ?? "") {
        unlink("\(folder)/\(name)")
      }
    }
    let files = FileManager.default
    for folder in [path, memory] {
      remove(folder, (try? files.contentsOfDirectory(atPath: folder)) ?? [])
    }
    for folder in [cache] + Set(outputs.map { "\(path)/\($0.folder)" }) {
      remove(folder, (try? files.subpathsOfDirectory(atPath: folder)) ?? [])
    }
  }
}
