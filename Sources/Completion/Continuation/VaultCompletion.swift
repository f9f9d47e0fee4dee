internal import Skulls
internal import Volumes

/// Fills the holes of a vault by continuing the bone around them: the work of ``ContinuationCompletion`` and of
/// ``AutoCompletion``.
struct VaultCompletion: Sendable {
  /// The priors that compete; the first one is taken where none is clearly better.
  let priors: [ContinuedTables.Prior]
  /// The smallest hole that is filled, in mm².
  let smallestHole: Double
  /// How many holes of a size are tried in whole bone; 0: what is usual is expected.
  var trials = 4
  /// Whether every place that a user names must be a hole of the vault.
  var requiresNamedHoles = true
  /// By how much a prior must beat the first one in trials, in Dice.
  static let margin = 0.015

  /// A hole and what fills it.
  struct Filling: Sendable {
    let hole: VaultHole
    /// Nil where there is too little bone around.
    let tables: ContinuedTables?
    /// What the best other prior would fill it with.
    var other: ContinuedTables?
    let prior: ContinuedTables.Prior
    let expectedDice: Double
    /// The mean distance in mm of the outer tables of the prior that was taken and the best other one.
    let disagreement: Double?
  }

  /// What fills each hole of a vault.
  ///
  /// - Throws: what the context throws; progress goes from 0.5 to 1.
  func fillings(of vault: ContinuedVault, in context: CompletionContext) throws -> [Filling] {
    var fillings: [Filling] = []
    // Holes of nearly the same size need no trials of their own.
    var known: (area: Double, records: [ContinuationRecord])?
    for (number, hole) in vault.holes.enumerated() {
      if known.map({ hole.area < 0.6 * $0.area }) ?? true {
        let discs = vault.discs(like: hole, count: trials)
        known = (
          hole.area,
          ContinuationRecord.records(of: priors, on: discs, in: vault, threads: context.threads)
        )
      }
      try context.checkCancellation()
      fillings.append(filling(hole, of: vault, known?.records ?? [], context.threads))
      try context.advance(to: 0.5 + 0.5 * Double(number + 1) / Double(vault.holes.count))
    }
    return fillings
  }

  private func filling(
    _ hole: VaultHole, of vault: ContinuedVault, _ records: [ContinuationRecord], _ threads: Int
  ) -> Filling {
    let all = records.compactMap { record in
      ContinuedTables(
        hole, among: vault.allHoles, of: vault.map, prior: record.prior,
        most: record.prior == priors[0] ? 1400 : ContinuationTrial.points, threads: threads
      ).map { (record: record, tables: $0) }
    }
    guard let first = all.first else {
      return Filling(
        hole: hole, tables: nil, prior: priors[0], expectedDice: 0, disagreement: nil)
    }
    var best = first
    for one in all.dropFirst() where one.record.count >= 3 {
      if one.record.dice > max(best.record.dice, first.record.dice + Self.margin) { best = one }
    }
    let others = all.filter { $0.record.prior != best.record.prior }
    let next = others.max { $0.record.dice < $1.record.dice }
    return Filling(
      hole: hole, tables: best.tables, other: next?.tables, prior: best.record.prior,
      expectedDice: best.record.expectedDice(of: best.tables, in: hole),
      disagreement: next.map { best.tables.distance(to: $0.tables, in: hole) })
  }
}

extension ContinuedTables {
  /// The mean distance of two outer tables over a hole, in mm.
  func distance(to other: ContinuedTables, in hole: VaultHole) -> Double {
    hole.pixels.reduce(0) { $0 + abs(Double(outer[$1] - other.outer[$1])) }
      / Double(hole.pixels.count)
  }
}
