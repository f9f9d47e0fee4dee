internal import Skulls
public import Volumes
internal import VoxelOps

/// Completes a skull with bone of the same patient: a scan from before, or the bone flap that was taken out.
///
/// A scan from before is laid onto the bone that is left by a rotation and a shift: the poses of both heads
/// (``HeadPose``) are the start, the surfaces decide (``RigidFit``). What it has where bone is missing is added.
///
/// A flap is laid into each hole of the vault, in many starts, onto the bone that continuing the vault foretells
/// there; the hole that it fits best takes it.
///
/// How well the bone around the holes agrees is the confidence. Another person's head fits badly, and that is said.
public struct PriorCompletion: CompletionModel {
  /// The name in pipeline files: `prior`.
  public static let identifier = "prior"

  public static let fillsNamedHoles = true

  /// Bone of the patient, and the files that it comes from.
  public struct Bone: Sendable {
    let mask: Mask
    let files: [ModelFileRecord]

    /// Bone on its own grid, which need not be that of any scan.
    public init(mask: Mask, files: [ModelFileRecord]) { (self.mask, self.files) = (mask, files) }
  }

  private let read: @Sendable () throws -> Bone

  /// How much work the fit is.
  struct Effort {
    /// Points of the surface that are compared, of a head and of a flap.
    var points = 6000
    var flapPoints = 2500
    /// The edge of the cells of surfaces, in mm.
    var cell = 1.0
    /// Turns about a flap's normal that are tried, on either side.
    var turns = 24
  }

  var effort = Effort()

  /// Bone of less than this part of a skull's volume is a flap.
  private static let flapShare = 0.3
  /// The least and the greatest share of the bone around holes that agrees: of another person's, of the same one's.
  static let shares = 0.55...0.9

  /// A completion with bone that is read before the first case.
  public init(reading read: @escaping @Sendable () throws -> Bone) { self.read = read }

  /// Reads the bone.
  ///
  /// - Throws: what reading throws.
  public func prepare() throws -> [ModelFileRecord] { try read().files }

  /// The bone, both surfaces on cells of 1 mm, and what a hole takes.
  ///
  /// - Throws: what reading throws.
  public func demand(voxels: Int, cubicMillimetres: Double) throws -> CompletionDemand {
    let vault = ContinuationCompletion().demand(voxels: voxels, cubicMillimetres: cubicMillimetres)
    let box = cubicMillimetres > 0 ? cubicMillimetres : Double(voxels)
    let cells = Int(min(max(box, 4e6), 3.3e7))
    return CompletionDemand(
      peakBytes: max(vault.peakBytes, 5 * voxels) + 2 * (try read().mask.byteCount) + 14 * cells,
      cores: vault.cores)
  }

  /// Completes a skull; see ``PriorCompletion``.
  ///
  /// *Scores*: `fit`, the share of the bone around holes that agrees; `misfit`, the mean distance of the surfaces
  /// in mm; `turned`, degrees, and `moved`, mm, from where the file says that the bone lies.
  /// - Complexity: O(voxels), and some seconds. The same bytes at any number of threads.
  /// - Throws: what reading and the context throw; `Diagnostic` where a place names no hole.
  public func complete(_ defective: Mask, in context: CompletionContext) throws -> CompletedSkull {
    try context.advance(to: 0)
    let prior = try read().mask
    let volume = Double(defective.voxelCount) * defective.geometry.voxelVolume
    let isFlap =
      Double(prior.voxelCount) * prior.geometry.voxelVolume < Self.flapShare * volume
    guard
      let vault = ContinuedVault(
        of: defective, smallestHole: ContinuedVault.smallestHole, only: context.targets,
        threads: context.threads)
    else {
      try context.targets?.requireHoles([])
      return CompletedSkull(
        mask: defective, warnings: ["no vault is found in the bone: there is nothing to complete"],
        findings: CompletionFindings(defects: [], model: Self.identifier, confidence: 0))
    }
    try context.advance(to: 0.3)
    let laid =
      isFlap
      ? try FittedFlap(
        prior, of: vault, in: defective, effort: effort, context: context.part(0.3...0.9))?.laid
      : try FittedHead(
        prior, onto: defective, vault: vault, effort: effort, context: context.part(0.3...0.9))?
        .laid
    guard let laid else {
      return CompletedSkull(
        mask: defective,
        warnings: [
          isFlap
            ? "the flap fits into no hole of the vault: nothing is added"
            : "the prior scan is not like this head: nothing is added"
        ],
        findings: CompletionFindings(
          defects: vault.shapes.map(\.defect), model: Self.identifier, confidence: 0))
    }
    guard laid.fit >= Self.shares.lowerBound else {
      return CompletedSkull(
        mask: defective, scores: laid.scores(about: vault.pose.centre),
        warnings: [
          "the prior bone does not fit: only \(Int(100 * laid.fit)) % of what should agree with it does, so nothing "
            + "is added; is it of the same patient?"
        ],
        findings: CompletionFindings(
          defects: vault.shapes.map(\.defect), model: Self.identifier, confidence: 0))
    }
    return try completed(defective, with: laid, vault: vault, context: context)
  }

  private func completed(
    _ defective: Mask, with laid: LaidBone, vault: ContinuedVault, context: CompletionContext
  ) throws -> CompletedSkull {
    var completed = defective
    for (part, box) in laid.parts {
      completed.formUnion(cropped: part, at: box, threads: context.threads)
    }
    let added = try completed.subtracting(defective, threads: context.threads)
    var defects = vault.allHoles.map { hole in
      CompletionFindings.Defect(
        of: hole, isFilled: hole.share(coveredBy: added, in: vault.map) > 0.5)
    }
    defects += laid.others
    let (low, high) = (Self.shares.lowerBound, Self.shares.upperBound)
    let trust = min(1, max(0, (laid.fit - low) / (high - low)))
    var warnings: [String] = []
    if laid.parts.isEmpty { warnings.append("nothing is missing that the prior bone has") }
    for defect in defects where !defect.isFilled && !vault.openDefects.contains(defect) {
      warnings.append("the prior bone does not fill a hole: \(defect.inWords)")
    }
    if trust < 0.5 {
      warnings.append(
        "the prior bone fits badly: only \(Int(100 * laid.fit)) % of what should agree with it does; is it of the "
          + "same patient?")
    }
    context.progress(1)
    return CompletedSkull(
      mask: completed,
      scores: laid.scores(about: vault.pose.centre), warnings: warnings,
      findings: CompletionFindings(
        defects: defects.sorted { $0.areaMM2 > $1.areaMM2 }, model: Self.identifier,
        confidence: 0.97 * trust))
  }
}

/// Prior bone where it belongs: pieces to be added, cropped to boxes of the scan's grid.
struct LaidBone: Sendable {
  /// From the prior bone's LPS to the scan's.
  var map: Affine
  var parts: [(part: Mask, box: IndexBox)]
  /// The share of the bone around the holes that agrees.
  var fit: Double
  /// In mm.
  var misfit: Double
  /// Holes that are none of the vault's, filled.
  var others: [CompletionFindings.Defect] = []

  /// For the account; how far it was moved is measured at a point of the scan.
  func scores(about point: SIMD3<Double>) -> [String: Double] {
    let from = map.inverse.map { $0 * point } ?? point
    return [
      "fit": fit, "misfit": misfit, "turned": map.linear.angle, "moved": (point - from).length,
    ]
  }
}

extension Mask {
  /// The bone on another grid, smoothly.
  func resampledSmoothly(onto grid: Geometry, threads: Int) throws -> Mask {
    let share = try fraction(onto: grid, by: .linear, threads: threads)
    return Mask(on: grid) { out in
      share.withVoxels { share in for i in out.indices { out[i] = share[i] >= 0.5 ? 1 : 0 } }
    }
  }
}
