internal import Skulls

/// The tables in one hole in several ways of continuing; what ways share is done once.
struct ContinuedWays: Sendable {
  let hole: VaultHole
  let holes: [VaultHole]
  let map: VaultMap
  let head: HeadTables?
  let most: @Sendable (ContinuedTables.Prior) -> Int
  let threads: Int

  /// - Parameters:
  ///   - holes: all holes of the vault, this one among them.
  ///   - head: a complete head that is laid onto the skull.
  ///   - most: the most points of bone that are learned from.
  init(
    _ hole: VaultHole, among holes: [VaultHole], of map: VaultMap, head: HeadTables?,
    most: @escaping @Sendable (ContinuedTables.Prior) -> Int, threads: Int
  ) {
    (self.hole, self.holes, self.map) = (hole, holes, map)
    (self.head, self.most, self.threads) = (head, most, threads)
  }

  /// The tables of each way; nil where there is too little bone, or no head, for it.
  func all(_ ways: [ContinuationWay]) -> [ContinuedTables?] {
    var known: [ContinuedTables.Prior: ContinuedTables?] = [:]
    func tables(_ prior: ContinuedTables.Prior) -> ContinuedTables? {
      if let found = known[prior] { return found }
      let found = ContinuedTables(
        hole, among: holes, of: map, prior: prior, head: head, most: most(prior),
        threads: threads)
      known[prior] = .some(found)
      return found
    }
    return ways.map { way in
      guard let base = tables(way.prior) else { return nil }
      guard way.headShare > 0 else { return base }
      return tables(.shaped).map { base.mixed(with: $0, share: way.headShare) }
    }
  }
}
