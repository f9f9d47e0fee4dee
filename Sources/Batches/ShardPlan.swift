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

  /// Which plan it is, in digests.
  struct Identity: Codable, Hashable, Sendable {
    /// Which cases are divided, and into how many parts.
    let cases: String
    /// Which part does which.
    let assignment: String

    static func cases(_ cases: [ListedCase], into count: Int) -> String {
      CacheKey(
        of: ["shards", "\(count)"]
          + cases.flatMap { [$0.name, $0.kind, "\($0.isScored)", $0.prediction] }
      ).description
    }

    fileprivate init(_ cases: [ListedCase], _ shards: [Int], of count: Int) {
      self.cases = Self.cases(cases, into: count)
      assignment = CacheKey(of: ["assignment"] + shards.map { "\($0)" }).description
    }
  }

  var formatVersion = Self.formatVersion
  let identity: Identity
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
  init(_ cases: [ListedCase], into count: Int, seconds: [Double]) {
    var shards = [Int](repeating: 1, count: cases.count)
    var sums = [Double](repeating: 0, count: count)
    let order = cases.indices.sorted { (-seconds[$0], $0) < (-seconds[$1], $1) }
    for index in order {
      let least = sums.indices.min { (sums[$0], $0) < (sums[$1], $1) }!
      sums[least] += seconds[index]
      shards[index] = least + 1
    }
    identity = Identity(cases, shards, of: count)
    (self.count, self.cases, self.seconds, self.shards) = (count, cases, seconds, shards)
  }

  /// The places of the cases of a part.
  func cases(of number: Int) -> [Int] { cases.indices.filter { shards[$0] == number } }

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
      plan.shards.allSatisfy({ (1...plan.count).contains($0) }),
      plan.identity == Identity(plan.cases, plan.shards, of: plan.count)
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
  ///   - folder: for plans; each has the cases in its name, so that one for others is in nobody's way.
  ///   - seconds: how long each case is expected to take; asked for only if there is no plan.
  /// - Throws: `Diagnostic` where the folder cannot be written, or holds a plan that was changed.
  static func shared(
    _ cases: [ListedCase], into count: Int, in folder: ShardFolder, seconds: () throws -> [Double]
  ) throws -> ShardPlan {
    let path = folder.plan(of: count, cases: Identity.cases(cases, into: count))
    if let plan = try ShardPlan(reading: path) { return plan }
    let plan = ShardPlan(cases, into: count, seconds: try seconds())
    let draft = TemporaryNames.make(for: path, in: folder.path)
    defer {
      unlink(draft)
      TemporaryNames.forget(draft)
    }
    try AtomicFile.write([UInt8](try JSONEncoder().encode(plan)), to: draft)
    // Of several processes at this place, the first to link gives the plan.
    if link(draft, path) != 0, errno != EEXIST { rename(draft, path) }
    return try ShardPlan(reading: path) ?? plan
  }
}
