import Accounts
public import Errors
import Files
import Foundation
import Glibc
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
  private let count: Int
  /// Of a process at the end of its part; nil: what the logs say.
  private let files: [AccountFile]?
  /// Hears that it waits for another process, which may be dead.
  public var notice: @Sendable (String) -> Void = { _ in }

  /// How long another process may make accounts, in seconds.
  private static let patience = 600.0

  /// The batch in a folder.
  ///
  /// - Parameters:
  ///   - count: the number of parts; nil: that of the part whose log was written last.
  ///   - files: what is written; nil: what the processes of the parts write.
  /// - Throws: `Diagnostic` where no part was begun in the folder.
  public init(_ path: String, of count: Int? = nil, files: [AccountFile]? = nil) throws(Diagnostic)
  {
    folder = BatchFolder(path: path)
    self.files = files
    guard let count = count ?? folder.shards.latestCount else {
      throw Self.nothing(in: path, of: count)
    }
    self.count = count
  }

  private static func nothing(in path: String, of count: Int?) -> Diagnostic {
    Diagnostic(
      .unreadable, path, field: "folder", expected: "one that parts of a batch were written into",
      found: count.map { "none of \($0) parts" } ?? "none",
      remedy: "run `calvaria batch DATASET -o \(path) --shard 1/\(count ?? 8)` and so on")
  }

  private func parts() throws(Diagnostic) -> BatchParts {
    guard let parts = try BatchParts(of: count, in: folder.shards) else {
      throw Self.nothing(in: folder.path, of: count)
    }
    return parts
  }

  /// How far the parts have come that a cluster does.
  public struct Progress: Sendable {
    /// The numbers of the parts that some task of the jobs began.
    public let begun: [Int]
    /// The numbers of those that did not come to their end as tasks of the jobs.
    public let unfinished: [Int]
  }

  /// How far the parts have come as tasks of some jobs of a cluster.
  ///
  /// - Throws: `Diagnostic` where a newer program wrote into the folder.
  public static func progress(in folder: String, of count: Int, by jobs: [String])
    throws(Diagnostic) -> Progress
  {
    guard let parts = try BatchParts(of: count, in: BatchFolder(path: folder).shards)?.parts else {
      return Progress(begun: [], unfinished: Array(1...count))
    }
    let own = parts.filter { part in
      let job = part.content.begin?.shard.job?.split(separator: "_").first.map(String.init)
      return jobs.contains(job ?? "")
    }
    let done = Set(own.filter(\.isComplete).map(\.number))
    return Progress(
      begun: own.map(\.number), unfinished: (1...count).filter { !done.contains($0) })
  }

  /// Writes the accounts, one process at a time.
  ///
  /// - Parameter waits: whether to wait where another process writes them; otherwise that is left to it: it looks again when it has
  ///   written them, and what has ended by then is in them.
  /// - Returns: what is known of all parts, whoever writes it.
  /// - Throws: `Diagnostic` where no part was begun, or an account cannot be written; ``Diagnostics`` where a process that
  ///   does all cases is at work in the folder, or another makes the accounts for too long.
  @discardableResult
  public func write(waits: Bool = true) throws -> BatchAccount {
    _ = try parts()
    while true {
      let claim = try claim(waits: waits)
      let parts = try parts()
      let account = try account(of: parts)
      guard let claim else { return account }
      folder.sweepOutputs(of: account.run)
      try claim.require()
      try files(of: parts).write(account, into: folder.path)
      claim.release()
      // The process of a part that has ended meanwhile has left its accounts to this one.
      if try self.parts().state == parts.state { return account }
    }
  }

  /// The claim to the accounts; nil where another process has it and is not waited for. One that may be dead is watched
  /// until that is known: nobody would make the accounts that are left to it.
  private func claim(waits: Bool) throws -> FolderLease? {
    try Folders.make(folder.leases)
    let end = ContinuousClock.now + .seconds(Self.patience)
    while true {
      do {
        return try FolderLease(
          BatchFolder.merge, for: FolderUse(kind: .merge), in: folder.leases, of: folder.path,
          notice: notice)
      } catch let held as FolderLease.Held {
        guard held.name == BatchFolder.merge, !waits || .now < end else { throw held.diagnostics }
        if !waits { return nil }
        usleep(100_000)
      }
    }
  }

  private func files(of parts: BatchParts) -> [AccountFile] {
    if let files { return files }
    var files = BatchAccount.files
    if let page = parts.begun.lazy.compactMap(\.content.begin?.page).first {
      files.add(page, of: folder.path)
    }
    return files
  }

  private func account(of parts: BatchParts) throws(Diagnostic) -> BatchAccount {
    let begun = parts.begun
    guard let earliest = begun.min(by: { $0.content.first!.moment < $1.content.first!.moment })
    else { throw Self.nothing(in: folder.path, of: count) }
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
    if begun.count == 1, count > 1 { run.dataSet?.shard = earliest.text }
    run.shards = begun.map { part in
      var shard = part.content.begin!.shard
      if let end = part.content.end {
        (shard.seconds, shard.status, shard.resources) = (end.seconds, end.status, end.resources)
      }
      return shard
    }
    var account = BatchAccount(
      of: parts.plan.cases, ended, run: run, isCut: !parts.parts.allSatisfy(\.isComplete),
      failed: Set(ended.values.filter { $0.record.status == .failed }.map(\.record.name)),
      reused: ended.values.count(where: \.isReused),
      fileNames: files(of: parts).map(\.name), trace: RunTrace(spans: []))
    account.gaps = parts.gaps
    return account
  }
}
