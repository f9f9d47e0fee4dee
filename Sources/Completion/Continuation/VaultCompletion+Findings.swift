internal import Skulls
internal import Volumes

extension VaultCompletion {
  /// Completes a skull: see ``ContinuationCompletion``.
  ///
  /// - Throws: what the context throws.
  func complete(_ defective: Mask, named name: String, in context: CompletionContext) throws
    -> CompletedSkull
  {
    try context.advance(to: 0)
    guard
      let vault = ContinuedVault(
        of: defective, smallestHole: smallestHole, only: context.targets, threads: context.threads)
    else {
      if requiresNamedHoles { try context.targets?.requireHoles([]) }
      return Self.without(vault: defective, named: name)
    }
    if requiresNamedHoles { try context.targets?.requireHoles(vault.shapes) }
    try context.advance(to: 0.5)
    let fillings = try fillings(of: vault, in: context)
    var completed = defective
    for filling in fillings {
      filling.tables?.fill(&completed, around: defective, threads: context.threads)
    }
    context.progress(1)
    return CompletedSkull(
      mask: completed,
      scores: [
        "holes": Double(fillings.count), "holeArea": fillings.reduce(0) { $0 + $1.hole.area },
        "poseTrust": vault.pose.trust,
      ],
      warnings: Self.warnings(of: fillings, in: vault),
      findings: CompletionFindings(
        defects: fillings.map(\.defect) + vault.openDefects, model: name,
        confidence: Self.confidence(
          of: fillings.map { ($0.hole.area, $0.expected) },
          missing: fillings.reduce(0) { $0 + $1.hole.area }, of: vault),
        disagreementMM: Self.mean(of: fillings, by: \.disagreement)))
  }

  /// What is said of bone that is no vault.
  static func without(vault bone: Mask, named name: String) -> CompletedSkull {
    CompletedSkull(
      mask: bone, scores: ["holes": 0, "poseTrust": 0],
      warnings: ["no vault is found in the bone: there is nothing to complete"],
      findings: CompletionFindings(defects: [], model: name, confidence: 0))
  }

  /// - Parameter otherwise: how many holes there are that are none of the vault.
  static func warnings(
    of fillings: [Filling], in vault: ContinuedVault, otherwise: Int = 0
  ) -> [String] {
    var warnings: [String] = []
    for filling in fillings {
      let size = "a hole of \(Int((filling.hole.area / 100).rounded())) cm²"
      if filling.tables == nil {
        warnings.append("\(size) stays open: there is too little bone around it")
      }
      if filling.hole.isAtBorder {
        warnings.append("\(size) reaches the border of the scan: what lies beyond is not filled")
      }
    }
    if fillings.isEmpty, otherwise == 0 {
      warnings.append("the vault has no hole: nothing is added")
    }
    if vault.pose.trust < HeadPose.leastTrust {
      warnings.append("which way the head is turned is not certain: look at the result")
    }
    if vault.seenFraction < 0.6 {
      warnings.append(
        "the scan shows only \(Int(100 * vault.seenFraction)) % of the vault: look at the result")
    }
    return warnings
  }

  /// The Dice coefficient to be expected of all pieces together, less where the head itself is in doubt.
  ///
  /// - Parameters:
  ///   - pieces: their areas, and what is expected of each.
  ///   - missing: the area of the vault's holes.
  static func confidence(
    of pieces: [(area: Double, dice: Double)], missing: Double, of vault: ContinuedVault
  ) -> Double {
    let area = pieces.reduce(0) { $0 + $1.area }
    let expected = area > 0 ? pieces.reduce(0) { $0 + $1.area * $1.dice } / area : 1
    // A pose that is no better than another, or a vault of which little is seen or most is missing, may be none.
    let share = missing / vault.seenArea
    var doubt = min(1, 0.55 + 0.45 * vault.pose.trust / HeadPose.leastTrust)
    if vault.seenFraction < 0.6 { doubt *= 0.8 }
    if share > 0.35 { doubt *= 0.35 / share }
    return max(0, expected) * doubt
  }

  /// The mean over the holes by their areas; nil of none.
  static func mean(of fillings: [Filling], by value: (Filling) -> Double?) -> Double? {
    var (sum, area) = (0.0, 0.0)
    for filling in fillings {
      guard let value = value(filling) else { continue }
      sum += filling.hole.area * value
      area += filling.hole.area
    }
    return area > 0 ? sum / area : nil
  }
}

extension VaultCompletion.Filling {
  /// The Dice coefficient that is expected, less where the hole goes on beyond what is known.
  var expected: Double {
    let isUncertain = hole.isAtBorder || hole.belowLimit > 0.3
    return expectedDice - (isUncertain ? 0.15 : 0)
  }

  /// The hole for the account.
  var defect: CompletionFindings.Defect {
    CompletionFindings.Defect(of: hole, isFilled: tables != nil)
  }
}
