import Errors
internal import Skulls
internal import Volumes
internal import VoxelOps

/// What a complete head adds below the vault of a skull: pieces of orbits and face.
struct FaceCompletion: Sendable {
  /// The skull with the pieces.
  let completed: Mask
  /// The pieces, the largest first.
  let pieces: [FacePiece]
  let scores: [String: Double]
  let warnings: [String]
  /// The Dice coefficient to be expected of the pieces.
  let confidence: Double

  private let added: Mask

  /// The smallest piece in mm³.
  static let smallest = 300.0
  /// Behind this, in mm of the head's frame, pieces are of the base, not of a face.
  static let back = -15.0

  /// Completes a skull whose vault is complete.
  ///
  /// - Throws: what the model throws.
  init(
    of skull: Mask, vault: ContinuedVault, by model: ShapeCompletion,
    in context: CompletionContext
  ) throws {
    let result = try model.complete(skull, in: context)
    let all = try result.mask.subtracting(skull, threads: context.threads)
    let components = all.components(connectivity: .corners26, threads: context.threads)
    let labels = components.labels()
    let pose = vault.pose
    let pieces = FacePiece.pieces(
      of: labels, count: components.count, on: skull.geometry, pose: pose
    ).filter { $0.volume >= Self.smallest && $0.centre.y < Self.back * pose.scale }
    let kept = Set(pieces.map(\.label))
    added = Mask(on: skull.geometry) { out in
      labels.withVoxels { labels in
        for i in out.indices where labels[i] > 0 {
          out[i] = kept.contains(Int(labels[i])) ? 1 : 0
        }
      }
    }
    completed = try skull.union(added, threads: context.threads)
    self.pieces = pieces.sorted { $0.volume > $1.volume }
    scores = result.scores.filter { ["fit", "misfit"].contains($0.key) }
    // What the model says of its own holes is told by the account already.
    warnings = []
    // Measured: 0.17 mm and .92 on smooth deformations of the same head, 0.28 mm and .61 on another one.
    let misfit = result.scores["misfit"] ?? 1
    confidence = min(1, max(0, 0.9 - 2.5 * (misfit - 0.17)))
  }

  /// Whether the pieces go on where a hole of the vault ends: over half of its lower part.
  func continues(_ hole: VaultHole, in vault: ContinuedVault) -> Bool {
    let map = vault.map
    guard let indexFromLPS = added.geometry.indexFromLPS else { return false }
    let indexFromHead = indexFromLPS * vault.pose.lpsFromHead
    let sizes = added.sizes
    var (covered, count) = (0, 0)
    for i in hole.pixels {
      let direction = map.direction(i % map.width, i / map.width)
      guard !map.isAboveLimit(direction) else { continue }
      count += 1
      let way = map.ellipsoid(direction)
      let isCovered = stride(from: -14.0, through: 8, by: 1).contains { step in
        let index = indexFromHead * (map.middle + (way + step) * direction) + 0.5
        guard index.min() >= 0 else { return false }
        let (x, y, z) = (Int(index.x), Int(index.y), Int(index.z))
        return x < sizes.x && y < sizes.y && z < sizes.z && added[x, y, z]
      }
      if isCovered { covered += 1 }
    }
    return count > 0 && 2 * covered > count
  }
}
