import DataSets
import Errors
import Files
import Foundation
import Glibc

/// Which part of a batch does which case: the same for all processes that work on it, whenever they begin.
///
/// It is a file in the folder of the batch. The process that needs it first makes it.
struct ShardPlan: Codable, Sendable {
  static let formatVersion = 1

  var formatVersion = Self.formatVersion
  /// What the cases are, in a digest: a plan for others is no use.
  let identity: String
  /// The number of parts.
  let count: Int
  /// All cases of the data set, in its order.
  let cases: [ListedCase]
  /// How long each is expected to take, in seconds.
  let seconds: [Double]
  /// The part that does each case, from 1.
  let shards: [Int]

  /// Divides the cases into parts that are expected to take equally long: the longest first, each to the part with least to do.
  ///
  /// - Complexity: O(cases · (log cases + parts)).
  init(_ cases: [ListedCase], into count: Int, seconds: [Double], identity: String) {
    var shards = [Int](repeating: 1, count: cases.count)
    var sums = [Double](repeating: 0, count: count)
    let order = cases.indices.sorted { (-seconds[$0], $0) < (-seconds[$1], $1) }
    for index in order {
      let least = sums.indices.min { (sums[$0], $0) < (sums[$1], $1) }!
      sums[least] += seconds[index]
      shards[index] = least + 1
    }
    (self.identity, self.count, self.cases) = (identity, count, cases)
    (self.seconds, self.shards) = (seconds, shards)
  }

  /// The digest of cases and a number of parts.
  static func identity(of cases: [ListedCase], into count: Int) -> String {
    CacheKey(
      of: ["shards", "\(count)"]
        + cases.flatMap { [$0.name, $0.kind, "\($0.isScored)", $0.prediction] }
    ).description
  }

  /// The plan in a file; nil where there is none.
  ///
  /// - Throws: `Diagnostic` for the plan of a newer program, or a file that is no plan.
  init?(reading path: String) throws(Diagnostic) {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    struct Version: Decodable { let formatVersion: Int }
    let decoder = JSONDecoder()
    let version = (try? decoder.decode(Version.self, from: data))?.formatVersion ?? 0
    guard version <= Self.formatVersion else {
      throw Diagnostic(
        .newerVersion, path, field: "formatVersion", expected: "at most \(Self.formatVersion)",
        found: "\(version)", remedy: "use the program that wrote the folder")
    }
    guard let plan = try? decoder.decode(ShardPlan.self, from: data),
      (1...BatchRequest.Shard.most).contains(plan.count),
      plan.seconds.count == plan.cases.count, plan.shards.count == plan.cases.count,
      plan.shards.allSatisfy({ (1...plan.count).contains($0) })
    else {
      throw Diagnostic(
        .unreadable, path, field: "plan", expected: "the plan that `calvaria batch` wrote",
        found: "something else", remedy: "remove the file")
    }
    self = plan
  }

  /// The plan that all processes of a batch share: the one in the folder, or a new one.
  ///
  /// - Parameters:
  ///   - others: whether another part of these is being worked on.
  ///   - seconds: how long each case is expected to take; asked for only if there is no plan.
  /// - Throws: `Diagnostic` where the folder cannot be written; ``Diagnostics`` where the plan is for other cases and
  ///   another part is being worked on.
  static func shared(
    _ cases: [ListedCase], into count: Int, at path: String, whileOthersWork others: Bool,
    seconds: () throws -> [Double]
  ) throws -> ShardPlan {
    let identity = identity(of: cases, into: count)
    let former = try ShardPlan(reading: path)
    if let former, former.identity == identity { return former }
    if former != nil, others {
      throw Diagnostics([
        Diagnostic(
          .configuration, path, field: "--shard",
          expected: "the cases that the other parts were begun with",
          found: "a data set or outputs that are others now",
          remedy: "wait for the other parts to end, or choose another folder with -o")
      ])
    }
    let plan = ShardPlan(cases, into: count, seconds: try seconds(), identity: identity)
    let draft = "\(path).\(ProcessIdentity.own.host).\(getpid())"
    try AtomicFile.write([UInt8](try JSONEncoder().encode(plan)), to: draft)
    defer { unlink(draft) }
    if former != nil { unlink(path) }
    // Of two processes at this place, the first to link gives the plan.
    if link(draft, path) != 0, errno != EEXIST { rename(draft, path) }
    guard let shared = try ShardPlan(reading: path), shared.identity == identity else {
      throw Diagnostic(
        .transient, path, field: "plan", expected: "the plan for these cases", found: "another",
        remedy: "start the part again")
    }
    return shared
  }
}
