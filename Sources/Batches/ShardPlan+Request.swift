import DataSets
import Files

extension ShardPlan {
  /// The plan that all processes share which do a part of these cases.
  ///
  /// - Parameter writes: whether a new plan is written into the folder.
  /// - Throws: as ``shared(_:into:at:whileOthersWork:seconds:)``.
  static func shared(
    of request: BatchRequest, _ pipeline: BatchPipeline, _ shard: BatchRequest.Shard,
    in folder: BatchFolder, writes: Bool
  ) throws -> ShardPlan {
    let cases = request.dataSet.members.map { ListedCase($0, of: pipeline) }
    let path = folder.shards.plan(of: shard.count)
    func seconds() -> [Double] { CaseCosts(of: request, in: folder).seconds }
    guard writes else {
      let identity = identity(of: cases, into: shard.count)
      if let plan = try ShardPlan(reading: path), plan.identity == identity { return plan }
      return ShardPlan(cases, into: shard.count, seconds: seconds(), identity: identity)
    }
    try Folders.make(folder.shards.path)
    let working = FolderLease.living(in: folder.leases)
    return try shared(
      cases, into: shard.count, at: path,
      whileOthersWork: working.contains {
        $0 != shard.name && $0.hasSuffix("-of-\(shard.count)")
      }, seconds: seconds)
  }
}
