internal import Skulls
public import Volumes
internal import VoxelOps

/// Completes a skull in the way that suits its holes best.
///
/// 1. In the vault, ways of continuing the bone compete: with both sides alike, from the hole's own side only, and
///    from the mirror image of the other side. Each is tried on holes of the same size in the whole bone of the
///    same skull (``ContinuationTrial``), and the best one is taken.
/// 2. Below the vault, in orbits and face, a complete head is laid onto the bone (``ShapeCompletion``); where it
///    has nothing to add to a hole that goes on from the vault, the vault is continued.
public struct AutoCompletion: CompletionModel {
  /// The name in pipeline files: `auto`.
  public static let identifier = "auto"

  public static let fillsNamedHoles = true
  public static let comparesWays = true

  /// The model in the registry.
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
    let vaultContext = context.part(0...0.6)
    let continuation = VaultCompletion(
      priors: [.symmetric, .smooth, .mirrored], smallestHole: smallestHole)
    guard
      let vault = ContinuedVault(
        of: defective, smallestHole: smallestHole, only: context.targets, threads: context.threads)
    else {
      return try continuation.complete(defective, named: Self.identifier, in: context)
    }
    let fillings = try continuation.fillings(of: vault, in: vaultContext)
    let face = try FaceCompletion(of: defective, by: shape, in: context.part(0.6...1).untargeted)
    // The complete head competes for the holes of the vault too.
    let isShaped = fillings.map { filling in
      face.confidence > filling.expected + Self.margin
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
    let (mask, pieces, openPieces) = try face.pieces(
      within: zip(fillings, isShaped).filter(\.1).map(\.0.hole), of: vault,
      only: context.targets, threads: context.threads)
    completed = try completed.union(mask, threads: context.threads)
    let others = pieces.filter { piece in !fillings.contains { piece.isNear($0.hole) } }
    defects += others.map(\.defect) + vault.openDefects
    defects += openPieces.filter { piece in !vault.allHoles.contains(where: piece.isNear) }
      .map { piece in piece.open }
    context.progress(1)
    var result = CompletedSkull(
      mask: completed,
      scores: [
        "holes": Double(defects.count), "holeArea": fillings.reduce(0) { $0 + $1.hole.area },
        "poseTrust": vault.pose.trust,
      ].merging(face.scores) { a, _ in a },
      warnings: VaultCompletion.warnings(of: fillings, in: vault, otherwise: others.count)
        + [face.doubt].compactMap { $0 },
      findings: CompletionFindings(
        defects: defects.sorted { $0.areaMM2 > $1.areaMM2 }, model: Self.identifier,
        confidence: (face.doubt == nil ? 1 : 0.6)
          * VaultCompletion.confidence(
            of: zip(fillings, isShaped).map { filling, isShaped in
              (filling.hole.area, isShaped ? face.confidence : filling.expected)
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

  /// By how much the complete head must be expected to be better than a continued vault, in Dice.
  private static let margin = 0.02
}

extension VaultCompletion.Filling {
  /// Whether the hole reaches so far below the vault that it may be one of an orbit.
  var goesOnBelow: Bool { hole.belowLimit > 0.05 }
}
