import Concurrency
internal import Skulls
import Glibc

/// How well a prior continues this very skull, from trials in its whole bone.
struct ContinuationRecord: Sendable {
  let prior: ContinuedTables.Prior
  /// How many holes were tried.
  let count: Int
  /// The mean of the trials.
  let dice: Double
  /// By what factor the tables are further off than the regressions say of themselves.
  private let outerFactor: Double
  private let innerFactor: Double

  /// Runs trials for several priors on pieces of whole bone.
  ///
  /// - Returns: a record for each prior, in their order.
  /// - Complexity: 0.1 s a trial of a hole of 35 mm radius. The same at any `threads`.
  static func records(
    of priors: [ContinuedTables.Prior], on discs: [VaultHole], in vault: ContinuedVault,
    threads: Int
  ) -> [ContinuationRecord] {
    // All priors on one disc after another, so that every thread gets some of each.
    let trials = Slabs.map(discs.count * priors.count, threads: threads) { slab in
      slab.map { n in
        ContinuationTrial(
          discs[n / priors.count], among: vault.allHoles, of: vault.map,
          prior: priors[n % priors.count])
      }
    }.flatMap { $0 }
    return priors.indices.map { number in
      ContinuationRecord(
        priors[number], discs.indices.compactMap { trials[$0 * priors.count + number] })
    }
  }

  /// Without trials the factors are those of the heads that the model was made with.
  init(_ prior: ContinuedTables.Prior, _ trials: [ContinuationTrial]) {
    self.prior = prior
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
