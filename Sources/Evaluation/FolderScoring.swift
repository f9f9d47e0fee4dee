import Accounts
public import Concurrency
import Dataflow
import Dispatch
import Files
import Foundation
import Stages
public import VolumeIO
import Volumes

/// Scores the cases of folders, several at a time within a memory limit. A bad case fails alone.
public struct FolderScoring: Sendable {
  public let folders: ScoredFolders
  public var reading = ReadOptions()
  public var jobs = HostResources.usableCores
  /// The memory limit in bytes.
  public var memory = HostResources.plannedMemory

  public init(_ folders: ScoredFolders) { self.folders = folders }

  /// Scores the cases. The scores do not depend on the number of jobs.
  ///
  /// - Parameters:
  ///   - token: when cancelled, running cases are stopped and no other starts.
  ///   - finished: called with the name of each case that is done, one call at a time.
  /// - Returns: the table, and whether all cases were processed.
  /// - Throws: `Diagnostic` with the code `memory` if no case fits the limit.
  /// - Complexity: as ``CaseScoring/run(reading:memory:measuresShape:threads:)`` for each case; as many at a time as there are
  ///   jobs, fewer if memory is short.
  public func run(
    until token: CancellationToken, finished: @escaping @Sendable (String) -> Void
  ) throws -> (table: ScoreTable, isComplete: Bool) {
    let members = folders.members
    let memory = memory
    VoxelMemory.keepLittle(of: memory)
    let files = members.map { member in
      member.files.map { ScoredFiles($0, reading: reading, stayOpen: false) }
    }
    let bytes = files.map { $0?.peakBytes() ?? 0 }
    let readable = members.indices.compactMap { index in members[index].files.map { (index, $0) } }
    if let (least, files) = readable.min(by: { bytes[$0.0] < bytes[$1.0] }), bytes[least] > memory {
      throw files.refusal(taking: bytes[least], limit: memory)
    }
    let largest = max(1, bytes.filter { $0 <= memory }.max() ?? 1)
    let workers = max(1, min(jobs, members.count, memory / largest))
    let threads = max(1, jobs / workers)
    let telling = Guarded(finished)
    let rows = Workers.map(members.count, threads: workers, until: { token.isCancelled }) { index in
      let row = score(members[index], files[index], threads: threads)
      telling.withLock { $0(row.kind.isEmpty ? row.name : "\(row.kind)/\(row.name)") }
      return row
    }
    return (ScoreTable(rows: rows.compactMap(\.self)), !rows.contains { $0 == nil })
  }

  private func score(
    _ member: ScoredFolders.Member, _ files: ScoredFiles?, threads: Int
  ) -> ScoreTable.Row {
    let begin = ContinuousClock.now
    var row = ScoreTable.Row(
      name: member.name, kind: member.kind, score: nil, failure: nil, seconds: 0)
    do {
      if let trouble = member.trouble { throw trouble }
      guard let files else {
        preconditionFailure("a case without files and without trouble")
      }
      try files.requireFit(in: memory)
      row.score = try files.score(threads: threads)
    } catch {
      row.failure = "\(error)".split(separator: "\n").joined(separator: " ")
    }
    row.seconds = (ContinuousClock.now - begin) / .seconds(1)
    return row
  }
}
