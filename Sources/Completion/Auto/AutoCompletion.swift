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
        of: defective, smallestHole: smallestHole, threads: context.threads)
    else {
      return try continuation.complete(defective, named: Self.identifier, in: context)
    }
    let fillings = try continuation.fillings(of: vault, in: vaultContext)
    var completed = defective
    for filling in fillings {
      filling.tables?.fill(
        &completed, around: defective, aboveLimit: filling.goesOnBelow, threads: context.threads)
    }
    let face = try FaceCompletion(
      of: completed, vault: vault, by: shape, in: context.part(0.6...1))
    completed = face.completed
    var defects: [CompletionFindings.Defect] = []
    for filling in fillings {
      var defect = filling.defect
      if filling.goesOnBelow, face.continues(filling.hole, in: vault) {
        defect.kind = .orbital
      } else if filling.goesOnBelow {
        filling.tables?.fill(&completed, around: defective, threads: context.threads)
      }
      defects.append(defect)
    }
    defects += face.pieces.filter { piece in
      !zip(fillings, defects).contains { $0.1.kind == .orbital && piece.isNear($0.0.hole) }
    }.map(\.defect)
    context.progress(1)
    let vaultArea = fillings.reduce(0) { $0 + $1.hole.area }
    return CompletedSkull(
      mask: completed,
      scores: [
        "holes": Double(defects.count), "holeArea": vaultArea, "poseTrust": vault.pose.trust,
      ].merging(face.scores) { a, _ in a },
      warnings: VaultCompletion.warnings(of: fillings, in: vault, otherwise: face.pieces.count)
        + face.warnings,
      findings: CompletionFindings(
        defects: defects.sorted { $0.areaMM2 > $1.areaMM2 }, model: Self.identifier,
        confidence: confidence(in: fillings, of: vault, face),
        disagreementMM: VaultCompletion.mean(of: fillings, by: \.disagreement)))
  }

  /// That of the vault's holes and that of the face's, by their areas.
  private func confidence(
    in fillings: [VaultCompletion.Filling], of vault: ContinuedVault, _ face: FaceCompletion
  ) -> Double {
    let vaultArea = fillings.reduce(0) { $0 + $1.hole.area }
    let faceArea = face.pieces.reduce(0) { $0 + $1.defect.areaMM2 }
    let upper = VaultCompletion.confidence(in: fillings, of: vault)
    guard faceArea > 0 else { return upper }
    guard vaultArea > 0 else { return face.confidence }
    return (upper * vaultArea + face.confidence * faceArea) / (vaultArea + faceArea)
  }
}

extension VaultCompletion.Filling {
  /// Whether the hole reaches so far below the vault that it may be one of an orbit.
  var goesOnBelow: Bool { hole.belowLimit > 0.05 }
}
