internal import Skulls
internal import Volumes

/// Fills the holes of a vault by continuing the bone around them: the work of ``ContinuationCompletion`` and of
/// ``AutoCompletion``.
struct VaultCompletion: Sendable {
  /// The ways that compete where no head is laid onto the skull; the first one is taken where none is clearly better.
  let ways: [ContinuationWay]
  /// The smallest hole that is filled, in mm².
  let smallestHole: Double
  /// How many holes of a size are tried in whole bone; 0: what is usual is expected.
  var trials = 4
  /// Whether every place that a user names must be a hole of the vault.
  var requiresNamedHoles = true
  /// By how much a way must beat the first one in trials, in Dice.
  static let margin = 0.015

  /// A hole and what fills it.
  struct Filling: Sendable {
    let hole: VaultHole
    /// Nil where there is too little bone around.
    let tables: ContinuedTables?
    /// What the best other way would fill it with.
    var other: ContinuedTables?
    let way: ContinuationWay
    /// The mean of the trials of the way that was taken; nil without trials.
    let trialDice: Double?
    let expectedDice: Double
    /// The mean Dice coefficient of the complete head alone in the same trials; nil without one.
    let headDice: Double?
    /// The mean distance in mm of the outer tables of the way that was taken and the best other one.
    let disagreement: Double?
  }

  /// What fills each hole of a vault.
  ///
  /// - Parameter head: a complete head that is laid onto the skull: ways with it compete then.
  /// - Throws: what the context throws; progress goes from 0.5 to 1.
  func fillings(
    of vault: ContinuedVault, head: LaidHead? = nil, in context: CompletionContext
  ) throws -> [Filling] {
    var fillings: [Filling] = []
    // Holes of nearly the same size need no trials of their own.
    var known: (area: Double, trials: Trials)?
    let tables = head.map { HeadTables(of: $0.head, on: vault.map, threads: context.threads) }
    for (number, hole) in vault.holes.enumerated() {
      if known.map({ hole.area < 0.6 * $0.area }) ?? true {
        known = (hole.area, try Trials(self, like: hole, of: vault, head: head, in: context))
      }
      try context.checkCancellation()
      if let trials = known?.trials {
        fillings.append(
          filling(hole, of: vault, trials, tables, head?.margin ?? Self.margin, context.threads))
      }
      try context.advance(to: 0.5 + 0.5 * Double(number + 1) / Double(vault.holes.count))
    }
    return fillings
  }

  /// How the ways do in holes of one size in whole bone.
  private struct Trials {
    let records: [ContinuationRecord]
    let headDice: Double?

    init(
      _ completion: VaultCompletion, like hole: VaultHole, of vault: ContinuedVault,
      head: LaidHead?, in context: CompletionContext
    ) throws {
      let discs = vault.discs(like: hole, count: completion.trials)
      guard let head else {
        records = ContinuationRecord.records(
          of: completion.ways, on: discs, in: vault, head: nil, threads: context.threads)
        headDice = nil
        return
      }
      let blind = HeadTables(
        of: try head.blind(to: discs, on: vault.map, in: context), on: vault.map,
        threads: context.threads)
      records = ContinuationRecord.records(
        of: ContinuationWay.withHead, on: discs, in: vault, head: blind, threads: context.threads)
      let scores = discs.compactMap {
        TableScore(blind.outer, blind.inner, on: $0, of: vault.map)?.dice
      }
      headDice = scores.count >= 3 ? scores.reduce(0, +) / Double(scores.count) : nil
    }
  }

  private func filling(
    _ hole: VaultHole, of vault: ContinuedVault, _ trials: Trials, _ head: HeadTables?,
    _ headMargin: Double, _ threads: Int
  ) -> Filling {
    let records = trials.records
    let first = records[0].way.prior
    let continued = ContinuedWays(
      hole, among: vault.allHoles, of: vault.map, head: head,
      most: { $0 == first || $0 == .shaped ? 1400 : ContinuationTrial.points }, threads: threads)
    let all = zip(records, continued.all(records.map(\.way))).compactMap { record, tables in
      tables.map { (record: record, tables: $0) }
    }
    guard let first = all.first else {
      return Filling(
        hole: hole, tables: nil, way: records[0].way, trialDice: nil, expectedDice: 0,
        headDice: trials.headDice,
        disagreement: nil)
    }
    var best = first
    for one in all.dropFirst() where one.record.count >= 3 {
      let leans = one.record.way.leansMoreOnHead(than: first.record.way)
      let least = first.record.dice + (leans ? headMargin : Self.margin)
      if one.record.dice > max(best.record.dice, least) { best = one }
    }
    let others = all.filter { $0.record.way.prior != best.record.way.prior }
    let next = others.max { $0.record.dice < $1.record.dice }
    return Filling(
      hole: hole, tables: best.tables, other: next?.tables, way: best.record.way,
      trialDice: best.record.count > 0 ? best.record.dice : nil,
      expectedDice: best.record.expectedDice(of: best.tables, in: hole),
      headDice: trials.headDice,
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
