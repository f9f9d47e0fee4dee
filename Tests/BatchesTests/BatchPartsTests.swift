import Accounts
import DataSets
import Errors
import Foundation
import TestSupport
import Testing

@testable import Batches

/// What the logs of parts say, and the accounts that are made of them.
@Suite struct BatchPartsTests {
  /// A folder of a batch of some cases in parts; they take equally long.
  private struct Parts {
    let temporary = TemporaryFolder()
    let plan: ShardPlan
    var folder: BatchFolder { BatchFolder(path: temporary.path) }

    init(cases count: Int, into parts: Int) throws {
      let cases = try (0..<count).map { index in
        let text =
          #"{"name": "left/\#(index)", "kind": "left", "path": "a/\#(index).nrrd", "isScored": true, "prediction": ""}"#
        return try JSONDecoder().decode(ListedCase.self, from: Data(text.utf8))
      }
      plan = ShardPlan(cases, into: parts, seconds: cases.map { _ in 1 })
      let shards = folder.shards
      try FileManager.default.createDirectory(
        atPath: shards.path, withIntermediateDirectories: true)
      try JSONEncoder().encode(plan).write(
        to: URL(filePath: shards.plan(of: parts, cases: plan.identity.cases)))
    }

    static let resources = RunAccount.Resources(
      jobs: 1, memoryLimit: 1, peakCountedBytes: 1, peakBytes: 1)

    /// Begins a part.
    func begin(_ number: Int, method: String = "m", job: String? = nil) throws -> ShardLog {
      let shard = BatchRequest.Shard(index: number, count: plan.count)!
      let run = RunAccount(
        program: .init(version: "1", libraries: [:]), command: [], started: "", seconds: 0,
        status: .cancelled,
        pipeline: .init(name: "p", file: "p", sha256: "", stages: [:], warnings: []), models: [],
        resources: Self.resources, cases: [])
      return try ShardLog(
        folder.shards.log(of: shard),
        .init(
          plan: plan.identity, method: method,
          shard: .init(shard: shard.text, host: run.host, job: job, started: ""), run: run,
          page: nil), cases: plan.cases(of: number))
    }

    func end(_ log: ShardLog, cases: [Int]) throws {
      for index in cases {
        log.end(
          index,
          EndedCase(
            record: RunAccount.CaseRecord(
              name: plan.cases[index].name, path: "", status: .completed, warnings: [], inputs: [],
              outputs: [], stages: [])))
      }
      try log.end(.init(seconds: 1, status: .completed, resources: Self.resources))
    }

    func state() throws -> BatchParts? { try BatchParts(of: plan.count, in: folder.shards) }

    var hasAccounts: Bool { FileManager.default.fileExists(atPath: temporary.path + "/run.json") }
  }

  @Test func aPartIsCompleteOnceAllItsCasesHaveEnded() throws {
    let parts = try Parts(cases: 3, into: 1)
    #expect(try parts.state() == nil)
    try parts.end(try parts.begin(1), cases: [0, 2])
    let cut = try #require(try parts.state())
    #expect(!cut.parts[0].isComplete && cut.gaps.map(\.cases) == [["left/1"]])
    // The next process goes on.
    let next = try parts.begin(1)
    #expect(next.former.ended.keys.sorted() == [0, 2])
    try parts.end(next, cases: [1])
    #expect(try #require(try parts.state()).gaps.isEmpty)
  }

  @Test func partsOfAnotherPlanOrMethodCountAsNotBegun() throws {
    let parts = try Parts(cases: 4, into: 2)
    try parts.end(try parts.begin(1), cases: parts.plan.cases(of: 1))
    try parts.end(try parts.begin(2, method: "other"), cases: parts.plan.cases(of: 2))
    #expect(try #require(try parts.state()).begun.map(\.number) == [2])
    // The plan is gone, or another.
    let path = parts.folder.shards.plan(of: 2, cases: parts.plan.identity.cases)
    let other = ShardPlan(parts.plan.cases, into: 2, seconds: [9, 1, 1, 1])
    for data in [nil, try JSONEncoder().encode(other)] {
      unlink(path)
      try data?.write(to: URL(filePath: path))
      let error = #expect(throws: Diagnostic.self) { try parts.state() }
      #expect(error?.message.contains("start all parts again") == true)
    }
  }

  @Test func aPartThatEndsLeavesTheAccountsToTheProcessThatMakesThem() throws {
    let parts = try Parts(cases: 2, into: 2)
    for number in [1, 2] {
      try parts.end(try parts.begin(number), cases: parts.plan.cases(of: number))
    }
    let folder = parts.folder
    try FileManager.default.createDirectory(
      atPath: folder.leases, withIntermediateDirectories: true)
    let lease = try FolderLease(
      BatchFolder.merge, for: .init(kind: .merge), in: folder.leases, of: folder.path)
    let merge = try BatchMerge(folder.path)
    #expect(try merge.write(waits: false).count(of: .completed) == 2)
    #expect(!parts.hasAccounts)
    lease.release()
    #expect(try merge.write(waits: false).gaps.isEmpty)
    #expect(parts.hasAccounts)
    // Not beside a process that does all cases.
    let whole = try FolderLease(
      BatchFolder.whole, for: .init(kind: .whole), in: folder.leases, of: folder.path)
    #expect(throws: Diagnostics.self) { try merge.write() }
    withExtendedLifetime(whole) {}
  }

  @Test func manyPartsThatEndTogetherMakeOneAccountOfAll() throws {
    let count = 24
    let parts = try Parts(cases: count, into: count)
    DispatchQueue.concurrentPerform(iterations: count) { index in
      do {
        let log = try parts.begin(index + 1)
        try parts.end(log, cases: parts.plan.cases(of: index + 1))
        _ = try BatchMerge(parts.temporary.path, of: count).write(waits: false)
      } catch { Issue.record(error) }
    }
    let text = try String(contentsOfFile: parts.temporary.path + "/run.json", encoding: .utf8)
    for index in 0..<count { #expect(text.contains("\"left/\(index)\""), "\(index)") }
    #expect(text.contains(#""status" : "completed""#))
  }

  @Test func draftsOfKilledProcessesAreRemovedByAMerge() throws {
    let parts = try Parts(cases: 1, into: 1)
    try parts.end(try parts.begin(1), cases: [0])
    let old = Date(timeIntervalSinceNow: -7200)
    func draft(_ name: String, date: Date?) throws -> String {
      let path = "\(parts.temporary.path)/\(name)"
      try Data("x".utf8).write(to: URL(filePath: path))
      if let date {
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
      }
      return path
    }
    // Of another machine, hours ago; just now; not ours.
    let left = try draft(".calvaria/shards/.plan.abc-12-1.partial", date: old)
    let fresh = try draft(".run.json.abc-12-2.partial", date: nil)
    let other = try draft("notes.partial", date: old)
    _ = try BatchMerge(parts.temporary.path).write()
    #expect(
      [left, fresh, other].map { FileManager.default.fileExists(atPath: $0) } == [
        false, true, true,
      ])
  }

  @Test func aClusterKnowsWhichPartsItsJobsBeganAndEnded() throws {
    let parts = try Parts(cases: 4, into: 4)
    func progress(_ jobs: String...) throws -> BatchMerge.Progress {
      try BatchMerge.progress(in: parts.temporary.path, of: 4, by: jobs)
    }
    #expect(try progress("7").unfinished == [1, 2, 3, 4])
    try parts.end(try parts.begin(1, job: "7_1"), cases: parts.plan.cases(of: 1))
    _ = try parts.begin(2, job: "7_2")
    try parts.end(try parts.begin(3, job: "6_3"), cases: parts.plan.cases(of: 3))
    let found = try progress("7")
    #expect(found.begun == [1, 2] && found.unfinished == [2, 3, 4])
    #expect(try progress("6", "7").unfinished == [2, 4])
  }
}
