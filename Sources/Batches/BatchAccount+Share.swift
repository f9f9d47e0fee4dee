import Accounts

extension BatchAccount {
  /// What one process did, where the account is of several.
  public struct Share: Sendable {
    /// Its part, such as `2/8`.
    public let shard: String
    /// The numbers of its cases that are completed, that failed, and that were not come to.
    public let completed, failed, missing: Int
    /// The number of cases for which nothing had to be done.
    public let reused: Int
    let isDoubtful: Bool

    /// - Parameter names: the names of the cases of the part.
    init(_ account: BatchAccount, of shard: BatchRequest.Shard, cases names: Set<String>) {
      let own = account.run.cases.filter { names.contains($0.name) }
      self.shard = shard.text
      completed = own.count { $0.status == .completed }
      (failed, reused) = (account.failed.count, account.reused)
      missing = names.count - completed - failed
      isDoubtful = own.contains(where: \.isDoubtful)
    }
  }

  /// Whether an implant that this process made cannot be trusted, or its part fails the gate.
  public var isDoubtful: Bool { share?.isDoubtful ?? run.isDoubtful }
}
