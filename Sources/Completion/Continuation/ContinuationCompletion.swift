internal import Skulls
public import Volumes
internal import VoxelOps
import Glibc

/// Continues the bone around a hole of the vault into it; nothing is learned from other heads.
///
/// 1. The head's pose (``HeadPose``), and a map of its vault: the outer table and the thickness as functions
///    of direction.
/// 2. The holes of the map.
/// 3. For each hole, both functions are continued from the bone around it and from the mirror image of the
///    other side, weighted by how alike heights are over distance (``SurfaceRegression``).
/// 4. The voxels between both tables are bone.
///
/// Right for holes of the vault, at the midline and on both sides too; faces and bases are not its business.
public struct ContinuationCompletion: CompletionModel {
  /// The name in pipeline files: `continuation`.
  public static let identifier = "continuation"

  public static let fillsNamedHoles = true

  public static let reader = CompletionModelReader(
    identifier: identifier, summary: "the bone around the hole, continued into it"
  ) { _ in ContinuationCompletion() }

  /// The smallest hole that is filled, in mm².
  public var smallestHole = ContinuedVault.smallestHole

  /// The model with its usual settings.
  public init() {}

  /// The result, and a mask of the head alone; the bone's surface in cells of 2 mm with distances, 17 bytes a cell of the box; the reference
  /// head, the map, and three triangles of a regression over 1,400 points.
  public func demand(voxels: Int, cubicMillimetres: Double) -> CompletionDemand {
    // A grid without spacing is taken as one of 1 mm. Of its box only the volume is known: that of a cube, and
    // more for flat boxes.
    let box = cubicMillimetres > 0 ? cubicMillimetres : Double(voxels)
    let edge = min(320, cbrt(box) / 2 + 6)
    let cells = min(320 * 320 * 320, 1.6 * edge * edge * edge)
    // The pose is fitted from 24 starts, and maps have 200 rows.
    return CompletionDemand(peakBytes: 2 * voxels + Int(17 * cells) + 32 << 20, cores: 12)
  }

  /// Completes a skull; see ``ContinuationCompletion``.
  ///
  /// *Scores*: `holes`, `holeArea` (mm², of all), `poseTrust`.
  /// - Complexity: O(voxels) for the pose, then about 0.5 s a hole. The same bytes at any number of threads.
  /// - Throws: what the context throws.
  public func complete(_ defective: Mask, in context: CompletionContext) throws -> CompletedSkull {
    try defective.completedAsHead(threads: context.threads) { head in
      try VaultCompletion(ways: [ContinuationWay(prior: .symmetric)], smallestHole: smallestHole)
        .complete(head, named: Self.identifier, in: context)
    }
  }
}
