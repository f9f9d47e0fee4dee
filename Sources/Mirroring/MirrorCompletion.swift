import Concurrency
public import Completion
import Errors
internal import Skulls
public import Volumes
internal import VoxelOps
import Glibc

/// Completes a skull with bone from the other side of its mid-sagittal plane.
///
/// 1. The plane of greatest overlap (``MidsagittalPlane/find(in:threads:)``).
/// 2. A smooth deformation lays the mirror image onto the skull where both have bone, so that a
///    mirrored piece meets the rim of the hole (``stiffness``).
/// 3. Places where mirrored bone lies more than ``depth`` mm from every bone of the skull are the
///    seeds of missing pieces; pieces of less than ``minimumPiece`` mm³ are differences between the
///    sides, not defects, and so are pieces of less than half the largest that lie in no hole of the vault.
/// 4. Around each piece, on the grid of the skull: mirrored bone more than ``departure`` mm from
///    the skull, opened by a ball of ``opening`` mm, as far as it is connected to the seeds (gaps
///    of up to twice ``bridge`` are ignored).
/// 5. The mirrored bone within ``reach`` mm of that is added: up to the rim, and no further.
///
/// Everything is in LPS mm. A defect that is the same on both sides, or crosses the midline, cannot
/// be filled where neither side has bone; the warnings say so. A skull without a defect is returned
/// unchanged.
///
/// *Source*: mirroring, departure and opening as in the recipe of the synthetic population; on the
/// real skull the deformation lifts the Dice of implants for cut-out defects by .03 to .18.
public struct MirrorCompletion: CompletionModel {
  /// The name in pipeline files: `mirror`.
  public static let identifier = "mirror"

  public static let fillsNamedHoles = true

  public static let reader = CompletionModelReader(
    identifier: identifier, summary: "the healthy side, mirrored and fitted to the rim of the hole"
  ) { _ in MirrorCompletion() }

  /// The edge of the cells in which the sides are compared, in mm.
  public var cell = 2.0
  /// How stiff the deformation of the mirror image is, in mm; see step 2.
  public var stiffness = 16.0
  /// The smallest distance of the core of a missing piece from all bone, in mm.
  public var depth = 4.0
  /// The smallest volume of the core of a piece, in mm³.
  public var minimumPiece = 400.0
  /// The smallest mean distance of the core of a missing piece from the plane, in mm. The most
  /// common difference that is not a defect is a nasal septum that leans to one side.
  public var midlineClearance = 8.0
  /// The distance of missing bone from the skull, in mm: more than the sides differ after step 2.
  public var departure = 2.0
  /// The radius of the ball that must fit into missing bone, in mm.
  public var opening = 1.2
  /// Half the gap, in mm, across which parts of missing bone still count as connected.
  public var bridge = 1.5
  /// How far from missing bone mirrored bone is added, in mm: past the rim of width `departure`.
  public var reach = 4.0

  /// The model with its usual settings.
  public init() {}

  /// What completing a mask takes: the result, about 14 numbers for each cell of the comparison, and
  /// some bytes for each voxel around the hole (at most for all).
  public func demand(voxels: Int, cubicMillimetres: Double) -> CompletionDemand {
    // A grid without spacing is taken as one of 1 mm.
    let box = cubicMillimetres > 0 ? cubicMillimetres : Double(voxels)
    // Of the box only its volume is known here: that of a cube, and a quarter more for flat boxes.
    // The frame can be turned within the grid and reach beyond it.
    let cells = min(pow3(320), 2.5 * pow3(box.cubeRoot / cell + 12))
    let around = voxels > 0 ? min(Double(voxels), pow3(140) * Double(voxels) / box) : 0
    // What is done around a hole is done by balls, of which the largest takes most.
    let side = max(1, Int(around.cubeRoot))
    func ball(threads: Int) -> Int {
      Mask.ballBytes(
        GridSize(side, side, side), radius: max(reach, departure),
        spacing: SIMD3(repeating: (box / Double(max(1, voxels))).cubeRoot), closing: false,
        threads: threads)
    }
    return CompletionDemand(
      peakBytes: Int(Double(voxels) + cells * 24 + around * 10) + 1 << 20,
      cores: max(1, voxels / Slabs.worthwhile), bytesPerCore: ball(threads: 2) - ball(threads: 1))
  }

  /// Completes a skull; see ``MirrorCompletion``.
  ///
  /// *Scores*: `symmetry`, the share of bone with mirrored bone within 2 mm of it; `overlap`, `yaw`,
  /// `roll` (degrees) and `offset` (mm) of the plane; `openOnBothSides`, the area of the
  /// vault in cm² that neither side can fill; `pieces` that were found missing.
  /// - Complexity: O(voxels) for the mask's passes, and a time that depends on the size of the head
  ///   only; under a second for a head on one core. The same bytes at any number of threads.
  /// - Throws: ``Diagnostic`` where the bone is larger than any head; what the context throws.
  public func complete(_ defective: Mask, in context: CompletionContext) throws -> CompletedSkull {
    try context.advance(to: 0)
    try requireHead(defective)
    let plane = MidsagittalPlane.find(in: defective, threads: context.threads)
    try context.advance(to: 0.2)
    guard
      let frame = SymmetricFrame(defective, plane: plane, cell: cell, threads: context.threads)
    else {
      return CompletedSkull(
        mask: defective, scores: ["symmetry": 0, "pieces": 0],
        warnings: ["the skull is empty: there is nothing to complete"])
    }
    try context.advance(to: 0.3)
    var registration = MirrorRegistration()
    registration.stiffness = stiffness
    let field = try registration.displacements(in: frame, context: context)
    let found = MissingPieces(
      in: frame, displacedBy: field, depth: Float(depth), minimumVolume: minimumPiece,
      midlineClearance: midlineClearance, threads: context.threads)
    let seeds = try MirroredHoles(of: defective, threads: context.threads)
      .defects(among: found.seeds, only: context.targets)
    try context.advance(to: 0.75)

    var completed = defective
    var report = MirrorReport(frame: frame)
    for (number, piece) in seeds.enumerated() {
      let added = try bone(
        around: piece, of: defective, plane: plane, field: field, threads: context.threads)
      if let (part, box) = added {
        completed.formUnion(cropped: part, at: box, threads: context.threads)
        report.add(part, volume: piece.volume)
      }
      try context.advance(to: 0.75 + 0.25 * Double(number + 1) / Double(seeds.count))
    }
    context.progress(1)
    return CompletedSkull(mask: completed, scores: report.scores, warnings: report.warnings)
  }

  /// Throws where the bone cannot be a head: the work grows with its extent, and a spacing in other units
  /// than mm would make it endless.
  private func requireHead(_ bone: Mask) throws(Diagnostic) {
    guard let box = bone.boundingBox() else { return }
    let extent = (0..<3).map {
      Double(box.upper[$0] - box.lower[$0]) * bone.geometry.spacing[$0]
    }
    guard let most = extent.max(), most > Self.largestExtent else { return }
    throw Diagnostic(
      .badData, field: "bone", expected: "a head of some 150 × 200 × 160 mm",
      found: extent.map { "\(Int(min($0.rounded(), 1e15)))" }.joined(separator: " × ") + " mm",
      remedy: "correct the spacing in the header")
  }

  /// The longest side of bone that is completed, in mm: several heads'.
  private static let largestExtent = 2000.0

  /// Steps 4 and 5: the bone to add around one piece, cropped to a box of the grid; nil where none
  /// is left.
  private func bone(
    around piece: MissingSeeds, of defective: Mask, plane: MidsagittalPlane,
    field: DisplacementField, threads: Int
  ) throws -> (part: Mask, box: IndexBox)? {
    guard
      let box = piece.box(on: defective.geometry, margin: depth + reach + 12), !box.isEmpty
    else { return nil }
    let skull = defective.cropped(to: box)
    let mirrored = try defective.mirrored(
      across: plane, onto: skull.geometry, displacedBy: field, threads: threads)
    let outside = try mirrored.subtracting(
      skull.dilated(byBall: departure, threads: threads), threads: threads)
    // Opening cuts thin bone, such as the orbital roof, at random from the piece that it belongs to;
    // across a gap of a voxel or two it still does.
    let thick = outside.opened(byBall: opening, threads: threads)
    var missing = try piece.components(
      of: thick.dilated(byBall: bridge, threads: threads), threads: threads
    ).intersection(thick, threads: threads)
    // Bone thinner than the ball all over is still bone.
    if missing.isEmpty { missing = piece.components(of: outside, threads: threads) }
    if missing.isEmpty { return nil }
    let part = try missing.dilated(byBall: reach, threads: threads)
      .intersection(mirrored, threads: threads).subtracting(skull, threads: threads)
    return (part, box)
  }
}

private func pow3(_ x: Double) -> Double { x * x * x }

extension Double {
  /// The cube root of a number that is not negative.
  fileprivate var cubeRoot: Double { cbrt(self) }
}
