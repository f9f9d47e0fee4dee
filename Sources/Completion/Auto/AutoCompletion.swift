internal import Skulls
public import Volumes
internal import VoxelOps

/// Completes a skull in the way that suits its holes best.
///
/// 1. A complete head is laid onto the bone (``ShapeCompletion``).
/// 2. In the vault, ways of continuing the bone compete (``ContinuationWay``): with both sides alike, from the
///    mirror image of the other side, from the complete head, and mixtures of them. Each is tried on holes of the
///    same size in the whole bone of the same skull (``ContinuationTrial``), where the head, too, is laid onto the
///    skull without that bone; the best one is taken.
/// 3. Below the vault, in orbits and face, the complete head is what is added, and in holes of the vault where it
///    alone is the best.
///
/// A mask may hold table and head holder: they are left alone (``BoneRule/head(of:threads:)``).
public struct AutoCompletion: CompletionModel {
  /// The name in pipeline files: `auto`.
  public static let identifier = "auto"

  public static let fillsNamedHoles = true
  public static let comparesWays = true

  public static let reader = CompletionModelReader(
    identifier: identifier, summary: "the way that suits the hole best, tried on the same skull"
  ) { _ in AutoCompletion() }

  /// The smallest hole of the vault that is filled, in mm².
  public var smallestHole = ContinuedVault.smallestHole
  /// What completes orbits and faces.
  var shape = ShapeCompletion()

  /// The model with its usual settings.
  public init() {}

  /// Reads the complete head.
  ///
  /// - Throws: `Diagnostic` where its file is missing or damaged.
  public func prepare() throws -> [ModelFileRecord] { try shape.prepare() }

  /// What continuing and the complete head take, one after the other, with a mask between them.
  public func demand(voxels: Int, cubicMillimetres: Double) -> CompletionDemand {
    let vault = ContinuationCompletion().demand(voxels: voxels, cubicMillimetres: cubicMillimetres)
    let face = shape.demand(voxels: voxels, cubicMillimetres: cubicMillimetres)
    return CompletionDemand(
      peakBytes: max(vault.peakBytes, face.peakBytes) + 2 * voxels, cores: vault.cores)
  }

  /// Completes a skull; see ``AutoCompletion``.
  ///
  /// *Scores*: `holes`, `holeArea` (mm², of the vault's), `poseTrust`; of the complete head `fit` and `misfit`.
  /// - Complexity: O(voxels) for the pose, about a second a hole, and two for the complete head. The same bytes at
  ///   any number of threads.
  /// - Throws: `Diagnostic` where there is no complete head; what the context throws.
  public func complete(_ defective: Mask, in context: CompletionContext) throws -> CompletedSkull {
    try defective.completedAsHead(threads: context.threads) { head in
      let pose = HeadPose.find(in: head, threads: context.threads)
      try context.checkCancellation()
      guard
        let excess = SliceDistance.excess(of: head, pose: pose, threads: context.threads)
      else { return try completed(head, lying: pose, in: context) }
      let other = head.stretched(by: 1 / excess)
      var inner = context
      inner.targets = context.targets?.moved(from: head.geometry, to: other.geometry)
      return try completed(
        other, lying: HeadPose.find(in: other, threads: context.threads), in: inner
      ).stretched(by: excess, onto: defective.geometry)
    }
  }

  /// A head without table and holder.
  private func completed(
    _ defective: Mask, lying pose: HeadPose?, in context: CompletionContext
  ) throws -> CompletedSkull {
    let continuation = VaultCompletion(
      ways: ContinuationWay.withoutHead, smallestHole: smallestHole)
    guard
      let vault = pose.flatMap({
        ContinuedVault(
          of: defective, pose: $0, smallestHole: smallestHole, only: context.targets,
          threads: context.threads)
      })
    else {
      try context.targets?.requireHoles([])
      return VaultCompletion.without(vault: defective, named: Self.identifier)
    }
    let laid = try shape.laid(on: defective, pose: vault.pose, in: context.part(0...0.5).untargeted)
    let fillings = try continuation.fillings(
      of: vault, head: laid.flatMap { FaceCompletion.fits($0) ? $0 : nil },
      in: context.part(0.2...0.8))
    let face = try FaceCompletion(of: defective, by: laid, of: shape, in: context.part(0.7...1))
    // The complete head competes for the holes of the vault too.
    let isShaped = fillings.map { filling in
      guard let headDice = filling.headDice, let laid, face.doubt == nil else { return false }
      let margin = filling.goesOnBelow ? -Self.marginBelow : laid.margin
      return headDice > (filling.trialDice ?? 0) + margin
        && face.share(of: filling.hole, belowLimit: false, in: vault.map) > 0.8
    }
    var completed = defective
    var defects: [CompletionFindings.Defect] = []
    for (filling, isShaped) in zip(fillings, isShaped) {
      var defect = filling.defect
      let goesOn =
        filling.goesOnBelow && face.share(of: filling.hole, belowLimit: true, in: vault.map) > 0.5
      if goesOn { defect.kind = .orbital }
      if isShaped {
        defect.isFilled = true
      } else {
        filling.tables?.fill(
          &completed, around: defective, aboveLimit: goesOn, threads: context.threads)
      }
      defects.append(defect)
    }
    let (part, box, pieces, openPieces) = try face.pieces(
      within: zip(fillings, isShaped).filter(\.1).map(\.0.hole), of: vault,
      only: context.targets, threads: context.threads)
    completed.formUnion(cropped: part, at: box, threads: context.threads)
    let others = pieces.filter { piece in !fillings.contains { piece.isNear($0.hole) } }
    defects += others.map(\.defect) + vault.openDefects
    defects += openPieces.filter { piece in !vault.allHoles.contains(where: piece.isNear) }
      .map { piece in piece.open }
    context.progress(1)
    // A vault without a hole says nothing of a face that no head is like.
    let isBlind =
      defects.isEmpty && (laid?.misfit ?? .infinity) > FaceCompletion.mostMisfit
    let doubts =
      [face.doubt].compactMap { $0 }
      + (isBlind
        ? ["no complete head fits this bone: orbits and face may have holes all the same"] : [])
    var result = CompletedSkull(
      mask: completed,
      scores: [
        "holes": Double(defects.count), "holeArea": fillings.reduce(0) { $0 + $1.hole.area },
        "poseTrust": vault.pose.trust,
      ].merging(face.scores) { a, _ in a },
      warnings: VaultCompletion.warnings(of: fillings, in: vault, otherwise: others.count)
        + doubts,
      findings: CompletionFindings(
        defects: defects.sorted { $0.areaMM2 > $1.areaMM2 }, model: Self.identifier,
        confidence: (doubts.isEmpty ? 1 : 0.6)
          * VaultCompletion.confidence(
            of: zip(fillings, isShaped).map { filling, isShaped in
              (filling.hole.area, isShaped ? filling.headDice ?? 0 : filling.expected)
            } + others.map { ($0.defect.areaMM2, face.confidence) },
            missing: fillings.reduce(0) { $0 + $1.hole.area }, of: vault),
        disagreementMM: VaultCompletion.mean(of: fillings, by: \.disagreement)))
    if context.measuresDisagreement {
      // Where the complete head was taken, the vault continued is the other way.
      result.disagreement = zip(fillings, isShaped).map { filling, isShaped in
        FilledHole(
          hole: filling.hole, tables: isShaped ? nil : filling.tables,
          other: isShaped ? filling.tables : filling.other)
      }.disagreement(of: completed, with: defective, in: vault.map)
    }
    return result
  }

  /// By how much the complete head alone may be worse in trials than a continued vault, in Dice, where a hole goes on
  /// below the vault: there the vault's bone says less.
  private static let marginBelow = 0.01
}

extension VaultCompletion.Filling {
  /// Whether the hole reaches so far below the vault that it may be one of an orbit.
  var goesOnBelow: Bool { hole.belowLimit > 0.05 }
}

extension CompletedSkull {
  /// The result for slices that are not as far apart as the header says, back on its grid.
  fileprivate func stretched(by excess: Double, onto geometry: Geometry) -> CompletedSkull {
    let header = geometry.spacing.z
    let likely = header / excess
    var other = self
    other.mask = mask.stretched(by: excess)
    other.disagreement = disagreement.map { old in
      var moved = Volume<Float>(zerosOn: other.mask.geometry)
      moved.withMutableVoxels { out in
        old.withVoxels { out.baseAddress?.update(from: $0.baseAddress!, count: $0.count) }
      }
      return moved
    }
    if let index = mask.geometry.indexFromLPS {
      let back = geometry.lpsFromIndex * index
      other.findings?.defects = (findings?.defects ?? []).map { defect in
        var moved = defect
        let p = back * SIMD3(defect.centroidLPS[0], defect.centroidLPS[1], defect.centroidLPS[2])
        moved.centroidLPS = (0..<3).map { p[$0] }
        return moved
      }
    }
    func text(_ number: Double) -> String { "\((100 * number).rounded() / 100)" }
    other.warnings.insert(
      "the head's proportions are wrong: its slices lie \(text(header)) mm apart by the header, and by its shape "
        + "\(text(likely)) mm; it is completed with the latter, so check the header before anything is printed",
      at: 0)
    other.findings?.confidence *= 0.8
    return other
  }
}
