import Concurrency
import DataSets
import Foundation
import Errors
import TestSupport
import Testing

@testable import Batches

@Suite struct ShardPlanTests {
  private func cases(_ count: Int) throws -> [ListedCase] {
    try (0..<count).map { index in
      let text =
        #"{"name": "left/\#(index)", "kind": "left", "path": "a/\#(index).nrrd", "isScored": true, "prediction": ""}"#
      return try JSONDecoder().decode(ListedCase.self, from: Data(text.utf8))
    }
  }

  @Test func partsTakeEquallyLongWhateverTheOrder() throws {
    // Large cases at the beginning, as in folders that are sorted by kind.
    let seconds = (0..<100).map { $0 < 10 ? 60.0 : 3 }
    let plan = ShardPlan(try cases(100), into: 8, seconds: seconds)
    let sums = (1...8).map { number in
      plan.cases.indices.filter { plan.shards[$0] == number }.reduce(0) { $0 + seconds[$1] }
    }
    // By count a part would have had 13 cases, two of them of a minute, or none.
    #expect(sums.max()! <= 129 && sums.reduce(0, +) == 870, "\(sums)")
    #expect(plan.shards.allSatisfy { (1...8).contains($0) })
  }

  @Test func moreProcessesThanCases() throws {
    let plan = ShardPlan(try cases(2), into: 5, seconds: [1, 1])
    #expect(Set(plan.shards).count == 2)
  }

  @Test func theFirstProcessPlansForAll() throws {
    let folder = TemporaryFolder()
    let shards = ShardFolder(path: folder.path)
    let known = try cases(4)
    let first = try ShardPlan.shared(known, into: 2, in: shards) { [9, 1, 1, 1] }
    // Later it would be measured otherwise.
    let second = try ShardPlan.shared(known, into: 2, in: shards) {
      Issue.record("planned again")
      return [1, 1, 1, 9]
    }
    #expect(first.shards == [1, 2, 2, 2] && second.shards == first.shards)
    // Nothing is left of drafts.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test func processesThatBeginTogetherAgreeBesideThePlanOfOtherCases() throws {
    for _ in 0..<10 {
      let folder = TemporaryFolder()
      let shards = ShardFolder(path: folder.path)
      _ = try ShardPlan.shared(try cases(4), into: 2, in: shards) { [1, 1, 1, 1] }
      let known = try cases(5)
      let plans = Workers.map(8, threads: 8) { index in
        // Each would plan otherwise.
        try? ShardPlan.shared(known, into: 2, in: shards) {
          (0..<5).map { $0 == index % 5 ? 9 : 1 }
        }
      }
      let found = plans.compactMap { $0 ?? nil }
      #expect(found.count == 8 && Set(found.map(\.identity)).count == 1)
    }
  }

  @Test func aPlanWhoseContentWasChangedIsRefused() throws {
    let folder = TemporaryFolder()
    let shards = ShardFolder(path: folder.path)
    let known = try cases(4)
    let plan = try ShardPlan.shared(known, into: 2, in: shards) { [1, 1, 1, 1] }
    let path = shards.plan(of: 2, cases: plan.identity.cases)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for (a, b) in [(#"left\/3"#, #"left\/7"#), ("[1,2,1,2]", "[1,2,2,2]")] {
      #expect(text.contains(a), "\(text)")
      try text.replacing(a, with: b).write(toFile: path, atomically: true, encoding: .utf8)
      #expect(throws: Diagnostic.self) { try ShardPlan.shared(known, into: 2, in: shards) { [] } }
    }
  }

  @Test func aPlanOfANewerProgramOrAnotherFileIsRefused() throws {
    let folder = TemporaryFolder()
    for (text, code) in [
      (#"{"formatVersion": 2, "shape": "new"}"#, Diagnostic.Code.newerVersion),
      ("no plan", .unreadable), (#"{"formatVersion": 1}"#, .unreadable),
      (
        #"{"formatVersion": 1, "identity": {"cases": "", "assignment": ""}, "count": 0, "cases": [], "seconds": [], "shards": []}"#,
        .unreadable
      ),
    ] {
      let path = folder.write(text.utf8, "plan.json")
      let error = #expect(throws: Diagnostic.self) { try ShardPlan(reading: path) }
      #expect(error?.code == code)
    }
  }
}
