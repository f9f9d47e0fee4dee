import Concurrency
internal import Skulls
import Glibc

/// How well a way of continuing does on this very skull, from trials in its whole bone.
struct ContinuationRecord: Sendable {
  let way: ContinuationWay
  /// How many holes were tried.
  let count: Int
  /// The mean of the trials.
  let dice: Double
  /// By what factor the tables are further off than the regressions say of themselves.
  private let outerFactor: Double
  private let innerFactor: Double

  /// Runs trials for several ways on pieces of whole bone.
  ///
  /// - Parameter head: a complete head that was laid onto the skull without those pieces.
  /// - Returns: a record for each way, in their order.
  /// - Complexity: 0.1 s a prior and a hole of 35 mm radius. The same at any `threads`.
  static func records(
    of ways: [ContinuationWay], on discs: [VaultHole], in vault: ContinuedVault,
    head: HeadTables?, threads: Int
  ) -> [ContinuationRecord] {
    let trials = Slabs.map(discs.count, threads: threads) { slab in
      slab.map { n -> [ContinuationTrial?] in
        let continued = ContinuedWays(
          discs[n], among: vault.allHoles + [discs[n]], of: vault.map, head: head,
          most: { _ in ContinuationTrial.points }, threads: 1)
        return continued.all(ways).map { $0.flatMap { ContinuationTrial($0, on: discs[n]) } }
      }
    }.flatMap { $0 }
    return ways.indices.map { number in
      ContinuationRecord(ways[number], trials.compactMap { $0[number] })
    }
  }

  /// Without trials the factors are those of the heads that the model was made with.
  init(_ way: ContinuationWay, _ trials: [ContinuationTrial]) {
    self.way = way
    count = trials.count
    func mean(_ value: (ContinuationTrial) -> Double) -> Double {
      trials.reduce(0) { $0 + value($1) } / Double(trials.count)
    }
    guard !trials.isEmpty else {
      (dice, outerFactor, innerFactor) = (0.85, 1.4, 1.1)
      return
    }
    dice = mean(\.dice)
    outerFactor = mean(\.outer) / mean(\.outerSigma)
    innerFactor = mean(\.inner) / mean { hypot($0.outerSigma, $0.thicknessSigma) }
  }

  /// The Dice coefficient to be expected of a piece between two tables.
  func expectedDice(of tables: ContinuedTables, in hole: VaultHole) -> Double {
    let sigmas = tables.meanSigmas(of: hole)
    // Bone at the rim that is not where it should be says that the head is shaped otherwise here.
    let outer = max(outerFactor * sigmas.outer, tables.rimError)
    let inner = max(innerFactor * hypot(sigmas.outer, sigmas.thickness), tables.rimError)
    // Of a plate, each table that is off by e takes away or adds e.
    return max(0, 1 - (outer + inner) / (2 * tables.meanThickness(of: hole)))
  }
}
