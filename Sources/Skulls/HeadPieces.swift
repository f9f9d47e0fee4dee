public import Volumes
internal import VoxelOps

extension BoneRule {
  /// The pieces of bone that are a head's: the largest one, and others of some size that lie within its box.
  ///
  /// In a mask of all bone, table and head holder stick out of that box; a flap that lies in its place does not.
  /// - Complexity: as `Mask.components(connectivity:threads:)`, and a new mask where pieces are left out.
  public static func head(of bone: Mask, threads: Int = 1) -> Mask {
    let components = bone.components(connectivity: connectivity, threads: threads)
    guard components.count > 1, let main = components.largest else { return bone }
    let spacing = bone.geometry.spacing
    let least = components.size(of: main) / leastPart
    let large = components.largest(mostPieces).filter { piece in
      piece != main && components.size(of: piece) >= least
    }
    let boxes = components.boundingBoxes(of: [main] + large, threads: threads)
    let whole = boxes[0]
    let others = zip(large, boxes.dropFirst()).filter { _, box in
      (0..<3).allSatisfy { axis in
        let margin = Int(spread / max(spacing[axis], 1e-3))
        return box.lower[axis] >= whole.lower[axis] - margin
          && box.upper[axis] <= whole.upper[axis] + margin
      }
    }
    guard others.count + 1 < components.count else { return bone }
    return components.mask(of: [main] + others.map(\.0), threads: threads)
  }

  /// Pieces count that are at least this part of the largest one, and so many of them.
  private static let leastPart = 200
  private static let mostPieces = 8
  /// By how many mm a piece may stick out of the largest one's box.
  private static let spread = 6.0
}
