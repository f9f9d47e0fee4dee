import Accounts
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
  /// The claim of a process that makes the accounts of parts.
  static let merge = "merge"
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
  /// - Parameter isShared: whether other processes may be writing; then only what dead ones left is removed.
  func sweep(_ outputs: [BatchPipeline.Output], isShared: Bool) {
    let isLitter = isShared ? Self.isLeft : { name, _ in TemporaryNames.isTemporary(name) }
    remove(
      in: Set(outputs.map { "\(path)/\($0.folder)" }).union([cache]), isDeep: true, where: isLitter)
    remove(in: [path, memory, shards.path], isDeep: false, where: isLitter)
    // Whoever is refused writes here too.
    remove(in: [leases], isDeep: false, where: Self.isLeft)
  }

  /// Removes temporary files that killed processes left beside the accounts and the outputs that an account lists. Other
  /// processes may be writing.
  func sweepOutputs(of run: RunAccount) {
    let folders = Set(
      run.cases.flatMap(\.outputs).compactMap { $0.file.split(separator: "/").first })
    remove(in: Set(folders.map { "\(path)/\($0)" }), isDeep: true, where: Self.isLeft)
    remove(in: [path, memory, shards.path, leases], isDeep: false, where: Self.isLeft)
  }

  /// Whether a temporary file was left by a process that is dead, or on another machine so long ago that none can still be writing.
  private static func isLeft(_ name: Substring, _ path: String) -> Bool {
    guard TemporaryNames.isTemporary(name) else { return false }
    if TemporaryNames.isAbandoned(name) { return true }
    guard let stamp = FileStamp(path) else { return false }
    return Double(stamp.modified) / 1e9 < Date().timeIntervalSince1970 - 3600
  }

  private func remove(
    in folders: Set<String>, isDeep: Bool, where isLitter: (_ name: Substring, String) -> Bool
  ) {
    let files = FileManager.default
    for folder in folders {
      let names =
        isDeep
        ? try? files.subpathsOfDirectory(atPath: folder)
        : try? files.contentsOfDirectory(atPath: folder)
      for name in names ?? []
      where isLitter(name.split(separator: "/").last ?? "", "\(folder)/\(name)") {
        unlink("\(folder)/\(name)")
      }
    }
  }
}
