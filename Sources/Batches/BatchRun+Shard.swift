import Accounts
import DataSets
import Dataflow
import Errors
import Files
import Foundation

extension BatchRun {
  /// Notes in the log of the part how a case ended; before the journal has it, so that what is told of it is never less than what is
  /// done.
  func note(_ outcome: CaseOutcome, at index: Int, isReused: Bool) {
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
  /// - Throws: `Diagnostic` where one cannot be written.
  func write(_ own: BatchAccount, _ summary: RunSummary) throws -> BatchAccount {
    guard let shardLog, let shard = request.shard else {
      try request.accountFiles.write(own, into: folder.path)
      return own
    }
    try shardLog.end(
      ShardLog.End(
        seconds: own.run.seconds, status: own.run.status, resources: resources(summary)))
    return try BatchMerge(folder.path, of: shard.count, files: request.accountFiles)
      .write(failed: own.failed, status: own.status)
  }
}
