public import Volumes
import VoxelOps

extension BoneRule {
  /// The bone that a CT's head is, and what was left out of it.
  public struct Head {
    public var bone: Mask
    /// mm³ that hung on the bone, or were a larger piece: a table, a headrest, a frame with its pins.
    public var apparatus = 0.0
  }

  /// The piece of a CT's bone that is its skull, without what lies outside of the head and hangs on it.
  ///
  /// The largest piece stays as it is unless 5 cm³ of it and more lie 25 mm from the head, which no bone does.
  /// - Complexity: as ``mainPiece(of:threads:)``, and a voxel a cell of 4 mm; where there is such a thing, some passes and
  ///   further components.
  public static func head(of bone: Mask, in volume: AnyVolume, threads: Int = 1) -> Head {
    let main = mainPiece(of: bone, threads: threads)
    guard let cells = HeadCells(of: volume, bone: bone, threads: threads),
      cells.farVolume(of: main) >= leastApparatus
    else { return Head(bone: main) }
    var rest = bone
    func drop(_ mask: Mask) {
      if let kept = try? rest.subtracting(mask, threads: threads) { rest = kept }
    }
    // Nose and chin stick out too, but reach no further.
    let outer = cells.part(of: bone, beyond: .near)
      .components(connectivity: connectivity, threads: threads)
    for piece in outer.largest(mostParts) {
      let mask = outer.mask(of: [piece], threads: threads)
      if cells.farVolume(of: mask) >= leastPart { drop(mask) }
    }
    // Metal of which more than half lies outside is no filling and no plate of the head: its pins go with it.
    let metal = volume.binarized(in: .atLeast(leastMetal), threads: threads)
      .components(connectivity: connectivity, threads: threads)
    for piece in metal.largest(mostParts) {
      let mask = metal.mask(of: [piece], threads: threads)
      if 2 * cells.part(of: mask, beyond: .near).voxelCount > mask.voxelCount {
        drop(mask.dilated(byBall: 1.5, threads: threads))
      }
    }
    let head = mainPiece(of: rest, threads: threads)
    let voxel = bone.geometry.voxelVolume
    guard Double(head.voxelCount) * voxel >= leastSkull,
      let dropped = try? main.subtracting(head, threads: threads)
    else { return Head(bone: main) }
    return Head(bone: head, apparatus: Double(dropped.voxelCount) * voxel)
  }

  /// mm³ far from the head from which on the largest piece is not taken as it is, and a part of it is left out.
  private static let leastApparatus = 5000.0
  private static let leastPart = 500.0
  /// mm³ of the smallest skull, and part of one.
  private static let leastSkull = 60_000.0
  /// HU of metal, and of no bone but the densest of the ear.
  private static let leastMetal = 2000.0
  private static let mostParts = 8
}
