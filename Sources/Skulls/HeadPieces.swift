public import Volumes
internal import VoxelOps

extension BoneRule {
  /// The pieces of bone that are a head's: the largest one, and others of some size that lie within its box.
  ///
  /// In a mask of all bone, table and head holder stick out of that box; a flap that lies in its place does not.
  /// - Complexity: as `Mask.components(connectivity:threads:)`, and a pass for each of seven pieces at most.
  public static func head(of bone: Mask, threads: Int = 1) -> Mask {
    let components = bone.components(connectivity: connectivity, threads: threads)
    guard components.count > 1, let main = components.largest else { return bone }
    func box(_ piece: Int) -> IndexBox? {
      components.mask(of: [piece], threads: threads).boundingBox(threads: threads)
    }
    guard let whole = box(main) else { return bone }
    let spacing = bone.geometry.spacing
    let least = components.size(of: main) / leastPart
    let others = components.largest(mostPieces).filter { piece in
      guard piece != main, components.size(of: piece) >= least, let box = box(piece) else {
        return false
      }
      return (0..<3).allSatisfy { axis in
        let margin = Int(spread / max(spacing[axis], 1e-3))
        return box.lower[axis] >= whole.lower[axis] - margin
          && box.upper[axis] <= whole.upper[axis] + margin
      }
    }
    return components.mask(of: [main] + others, threads: threads)
  }

  /// Pieces count that are at least this part of the largest one, and so many of them.
  private static let leastPart = 200
  private static let mostPieces = 8
  /// By how many mm a piece may stick out of the largest one's box.
  private static let spread = 6.0
}
