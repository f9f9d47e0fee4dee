import Files
import Foundation

/// The names inside the folder of a batch.
struct BatchFolder: Sendable {
  let path: String

  /// The folder for the journal and the cache; the outputs can be used without it.
  var memory: String { "\(path)/.calvaria" }
  var journal: String { "\(memory)/journal.jsonl" }
  var cache: String { "\(memory)/cache" }
  /// The journal, which the next run reads.
  static let failures = "failures.json"
  var failures: String { "\(path)/\(Self.failures)" }

  /// The file with the digests of inputs, in the folder of the cache.
  static func digests(besideCache folder: String) -> String { "\(folder)/digests.txt" }

  /// Removes temporary files that a killed process left in the folders of a batch. No other process may be
  /// writing.
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
