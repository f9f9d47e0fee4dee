import DataSets
import Files

extension ShardPlan {
  /// The plan that all processes share which do a part of these cases.
  ///
  /// - Parameter writes: whether a new plan is written into the folder.
  /// - Throws: as ``shared(_:into:in:seconds:)``.
  static func shared(
    of request: BatchRequest, _ cases: [ListedCase], into count: Int, in folder: BatchFolder,
    writes: Bool
  ) throws -> ShardPlan {
    func seconds() -> [Double] { CaseCosts(of: request, in: folder).seconds }
    guard writes else {
      let path = folder.shards.plan(of: count, cases: Identity.cases(cases, into: count))
      return try ShardPlan(reading: path) ?? ShardPlan(cases, into: count, seconds: seconds())
    }
    try Folders.make(folder.shards.path)
    return try shared(cases, into: count, in: folder.shards, seconds: seconds)
  }
}
