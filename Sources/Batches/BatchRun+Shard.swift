import Accounts
import DataSets
import Dataflow
import Errors
import Files
import Foundation

extension BatchRun {
  /// Notes that a case is begun, if it is still this process's work; else, why not.
  func begin(_ index: Int) -> CaseFailure? {
    do { try lease?.require() } catch {
      return CaseFailure(error, path: request.dataSet.members[index].path, stage: nil)
    }
    shardLog?.start(index)
    return nil
  }

  /// Records how a case ended.
  ///
  /// - Returns: false, and nothing is recorded, where another process has taken over the work.
  func record(_ outcome: CaseOutcome, at index: Int, isReused: Bool) -> Bool {
    guard lease?.isHeld() ?? true else { return false }
    // In this order, so that what is told of a case is never less than what is done.
    note(outcome, at: index, isReused: isReused)
    if let record = outcome.journal { journal.add(record) }
    return true
  }

  /// Notes in the log of the part how a case ended.
  private func note(_ outcome: CaseOutcome, at index: Int, isReused: Bool) {
    guard let shardLog, outcome.record.status != .cancelled else { return }
    // A part that was killed and goes on tells of a case what the process told that did it.
    if isReused, let before = shardLog.former.ended[index]?.record, before.status == .completed,
      before.inputs == outcome.record.inputs,
      before.outputs.map(\.sha256) == outcome.record.outputs.map(\.sha256)
    {
      return
    }
    var ended = ended(outcome, of: request.dataSet.members[index])
    ended.isReused = isReused
    shardLog.end(index, ended)
  }

  /// Whether a process before this one began a case and did not come to its end: it is then done as if it had not been.
  func wasCut(_ index: Int) -> Bool { shardLog?.former.started.contains(index) ?? false }

  /// Writes the accounts: of what this process did or, where it did a part, of all parts, as far as they have come.
  ///
  /// - Throws: `Diagnostic` where one cannot be written; ``Diagnostics`` where another process has taken over the work.
  func write(_ own: BatchAccount, _ summary: RunSummary) throws -> BatchAccount {
    try lease?.require()
    guard let shardLog, let shard = request.shard else {
      try request.accountFiles.write(own, into: folder.path)
      return own
    }
    try shardLog.end(
      ShardLog.End(
        seconds: own.run.seconds, status: own.run.status, resources: resources(summary)))
    var all = try BatchMerge(folder.path, of: shard.count, files: request.accountFiles)
      .write(waits: false)
    all.share = BatchAccount.Share(
      own, of: shard, cases: Set(selected.map { request.dataSet.members[$0].name }))
    (all.failed, all.status) = (own.failed, own.status)
    return all
  }
}
