public import Accounts
public import Errors
import Files
import Foundation
import Reports

/// The accounts of a batch that several processes do in parts, made from what each has written into its log.
///
/// They are those that one process would have written, but for times, machines and peaks. It needs nothing but the folder, and can be
/// done at any time: what the parts have not come to yet is missing.
public struct BatchMerge: Sendable {
  /// A part that has not come to its end.
  public struct Gap: Sendable {
    /// Such as `2/8`.
    public let shard: String
    /// Whether it was begun.
    public let isBegun: Bool
    /// The names of its cases that are not done.
    public let cases: [String]
    /// How many cases it has.
    public let count: Int
  }

  private let folder: BatchFolder
  private let plan: ShardPlan
  /// Of a process at the end of its part; nil: what the logs say.
  private let files: [AccountFile]?

  /// The batch in a folder.
  ///
  /// - Parameters:
  ///   - count: the number of parts; nil: that of the part that was begun last.
  ///   - files: what is written; nil: what the processes of the parts write.
  /// - Throws: `Diagnostic` where no part was begun in the folder.
  public init(_ path: String, of count: Int? = nil, files: [AccountFile]? = nil) throws(Diagnostic)
  {
    folder = BatchFolder(path: path)
    self.files = files
    guard let number = count ?? folder.shards.latestCount,
      let plan = try ShardPlan(reading: folder.shards.plan(of: number))
    else {
      throw Diagnostic(
        .unreadable, path, field: "folder", expected: "one that parts of a batch were written into",
        found: "none", remedy: "run `calvaria batch DATASET -o \(path) --shard 1/8` and so on")
    }
    self.plan = plan
  }

  /// A part's log.
  private struct Part {
    let number: Int
    let text: String
    let content: ShardLog.Content
  }

  private func parts() throws(Diagnostic) -> [Part] {
    var parts: [Part] = []
    for number in 1...plan.count {
      let shard = BatchRequest.Shard(index: number, count: plan.count)!
      let content = try ShardLog.Content(folder.shards.log(of: shard))
      let isOfPlan = content.begin?.plan == plan.identity
      parts.append(
        Part(number: number, text: shard.text, content: isOfPlan ? content : ShardLog.Content()))
    }
    // All cases of an account are made in the same way: in that of the part that was begun last.
    let latest = parts.compactMap(\.content.begin).max { $0.moment < $1.moment }
    return parts.map { part in
      part.content.begin.map { $0.pipeline == latest?.pipeline } ?? true
        ? part : Part(number: part.number, text: part.text, content: ShardLog.Content())
    }
  }

  /// The parts that have not come to their end.
  private func gaps(in parts: [Part]) -> [Gap] {
    parts.filter { !$0.content.isComplete }.map { part in
      let own = plan.cases.indices.filter { plan.shards[$0] == part.number }
      return Gap(
        shard: part.text, isBegun: part.content.begin != nil,
        cases: own.filter { part.content.ended[$0] == nil }.map { plan.cases[$0].name },
        count: own.count)
    }
  }

  /// The numbers of the parts that have not come to their end as tasks of some jobs of a cluster; all, where none was begun.
  ///
  /// - Throws: `Diagnostic` where a newer program wrote into the folder.
  public static func unfinished(in folder: String, of count: Int, by jobs: [String])
    throws(Diagnostic) -> [Int]
  {
    let path = BatchFolder(path: folder).shards.plan(of: count)
    guard try ShardPlan(reading: path) != nil else { return Array(1...count) }
    return try BatchMerge(folder, of: count).parts().filter { part in
      let job = part.content.begin?.shard.job?.split(separator: "_").first.map(String.init)
      return !part.content.isComplete || !jobs.contains(job ?? "")
    }.map(\.number)
  }

  /// Writes the accounts.
  ///
  /// - Parameters:
  ///   - failed: the cases that failed in the process that asks; nil: all that failed.
  ///   - status: how its cases ended; nil: how all did.
  /// - Throws: `Diagnostic` where no part was begun, or an account cannot be written.
  @discardableResult
  public func write(
    failed: Set<String>? = nil, status: RunAccount.Status? = nil
  ) throws -> BatchAccount {
    var tries = 0
    while true {
      let parts = try parts()
      let account = try account(of: parts, failed: failed, status: status)
      try files(of: parts).write(account, into: folder.path)
      // Another part may have ended meanwhile, and its process have written a fuller account before this one did.
      let ended = parts.filter { $0.content.end != nil }.count
      tries += 1
      guard tries < 8, try self.parts().count(where: { $0.content.end != nil }) > ended else {
        return account
      }
    }
  }

  private func files(of parts: [Part]) -> [AccountFile] {
    if let files { return files }
    var files = BatchAccount.files
    if let page = parts.lazy.compactMap(\.content.begin?.page).first {
      files.add(page, of: folder.path)
    }
    return files
  }

  private func account(
    of parts: [Part], failed: Set<String>?, status: RunAccount.Status?
  ) throws(Diagnostic) -> BatchAccount {
    let begun = parts.filter { $0.content.begin != nil }
    guard let earliest = begun.min(by: { $0.content.first!.moment < $1.content.first!.moment })
    else {
      throw Diagnostic(
        .unreadable, folder.path, field: "folder", expected: "parts of a batch that were begun",
        found: "none", remedy: "start them")
    }
    var ended: [Int: EndedCase] = [:]
    for part in begun { ended.merge(part.content.ended) { _, new in new } }
    let first = earliest.content.first!
    var run = first.run
    run.command = RerunCommand.whole(run.command)
    let ends = begun.compactMap(\.content.end)
    // From the beginning of the first part to the end of the last, as far as they have come.
    run.seconds =
      (begun.compactMap { part in
        part.content.end.map { part.content.begin!.moment + $0.seconds - first.moment }
      }.max() ?? 0)
    for end in ends {
      run.resources.jobs = max(run.resources.jobs, end.resources.jobs)
      run.resources.memoryLimit = max(run.resources.memoryLimit, end.resources.memoryLimit)
      run.resources.peakCountedBytes = max(
        run.resources.peakCountedBytes, end.resources.peakCountedBytes)
      run.resources.peakBytes = max(run.resources.peakBytes, end.resources.peakBytes)
    }
    if begun.count == 1, plan.count > 1 { run.dataSet?.shard = earliest.text }
    run.shards = begun.map { part in
      var shard = part.content.begin!.shard
      if let end = part.content.end {
        (shard.seconds, shard.status, shard.resources) = (end.seconds, end.status, end.resources)
      }
      return shard
    }
    var account = BatchAccount(
      of: plan.cases, ended, run: run, isCut: parts.contains { !$0.content.isComplete },
      failed: failed
        ?? Set(ended.values.filter { $0.record.status == .failed }.map(\.record.name)),
      reused: ended.values.count(where: \.isReused),
      fileNames: files(of: parts).map(\.name), trace: RunTrace(spans: []), status: status)
    account.gaps = gaps(in: parts)
    return account
  }
}
