import Files
import Foundation

/// The names inside the folder of a batch.
struct BatchFolder: Sendable {
  let path: String

  /// The folder for the journal and the cache; the outputs can be used without it.
  var memory: String { "\(path)/.calvaria" }
  var journal: String { "\(memory)/journal.jsonl" }
  var cache: String { "\(memory)/cache" }
  /// Who works on it, see `FolderLease`.
  var leases: String { "\(memory)/leases" }
  /// The claim of a process that does all cases.
  static let whole = "whole"
  var shards: ShardFolder { ShardFolder(path: "\(memory)/shards") }
  /// The journal, which the next run reads.
  static let failures = "failures.json"
  var failures: String { "\(path)/\(Self.failures)" }

  /// The file with the digests of inputs, in the folder of the cache: one for each machine, as the numbers of devices differ and
  /// lines are appended whole only by processes of one.
  static func digests(besideCache folder: String) -> String {
    "\(folder)/digests-\(ProcessIdentity.own.host).txt"
  }

  /// Removes temporary files that killed processes left in the folders of a batch.
  ///
  /// - Parameter isShared: whether other processes may be writing; then only what dead ones of this machine left is removed.
  func sweep(_ outputs: [BatchPipeline.Output], isShared: Bool) {
    func remove(_ folder: String, _ names: [String]) {
      for name in names {
        let last = name.split(separator: "/").last ?? ""
        if isShared ? TemporaryNames.isAbandoned(last) : TemporaryNames.isTemporary(last) {
          unlink("\(folder)/\(name)")
        }
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
