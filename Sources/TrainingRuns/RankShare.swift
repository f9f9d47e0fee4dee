public import MessagePassing
import Accounts

/// What one of several ranks may take of a machine that it shares with others.
public struct RankShare: Equatable, Sendable {
  /// Threads of the engine, at least 1.
  public var threads: Int
  /// Bytes that it may plan with.
  public var memory: Int

  /// This rank's share. All ranks call it together.
  ///
  /// A core that several ranks of a machine may run on counts for each of them in part: launchers give every rank
  /// cores of its own, or the same to all.
  public init(of ranks: any RankGroup) {
    let cores = HostResources.allowedCores
    let text = ([RunAccount.Host().name] + cores.map(String.init)).joined(separator: " ")
    let all = ranks.gather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    self.init(
      rank: ranks.rank, of: all.map { $0.split(separator: " ").map(String.init) },
      usable: HostResources.usableCores, memory: HostResources.plannedMemory)
  }

  /// The share of a rank, given host and cores of each.
  init(rank: Int, of all: [[String]], usable: Int, memory: Int) {
    let neighbours = all.filter { $0.first == all[rank].first }
    let cores = all[rank].dropFirst().reduce(0.0) { sum, core in
      sum + 1 / Double(max(1, neighbours.count { $0.dropFirst().contains(core) }))
    }
    // Not below a whole number by rounding.
    threads = max(1, Int(cores + 1e-6))
    // A quota is of all of them together.
    if usable < all[rank].count - 1 { threads = max(1, min(threads, usable / neighbours.count)) }
    self.memory = memory / neighbours.count
  }
}
