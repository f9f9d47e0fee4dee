public import Volumes
public import VoxelOps

/// What the voxels of a scan mean.
public enum ScanContent: Hashable, Sendable {
  /// Grey values of a CT, in HU.
  case hounsfield
  /// At most two distinct values, none negative: nonzero is bone.
  case mask
  /// Several labels of which one is bone.
  case label(Int)
  /// How much of each voxel is bone, from 0 to 1: a mask that was smoothed.
  case fraction
  /// A mask with soft edges: values of at least this one are bone.
  case soft(Double)
}

/// Which voxels of a scan are bone.
///
/// CT: v ≥ `threshold`, and of that the largest 26-connected component, without table and frame. A mask: every nonzero voxel. A
/// label of several: the voxels that have it. A smoothed mask: v ≥ ``halfBone``.
public struct BoneRule: Hashable, Sendable {
  /// HU from which on a voxel of a CT is bone, unless a user says otherwise.
  public static let standardThreshold = 226.0
  /// The fraction of bone from which on a voxel counts.
  public static let halfBone = 0.5
  /// Which voxels of a CT's bone hang together.
  public static let connectivity = Connectivity.corners26

  /// HU from which on a voxel of a CT is bone.
  public var threshold: Double
  /// Whether every piece of a CT's bone is taken, not the largest only.
  public var takesEveryPiece: Bool

  /// A rule for a threshold in HU.
  public init(threshold: Double = standardThreshold, takesEveryPiece: Bool = false) {
    (self.threshold, self.takesEveryPiece) = (threshold, takesEveryPiece)
  }

  /// The bone of a scan.
  ///
  /// - Parameter check: called before the search for the largest piece, to cancel it.
  /// - Throws: what `check` throws, nothing else.
  /// - Complexity: one pass; for the largest piece also as `Mask.components(connectivity:threads:)`.
  public func bone(
    of volume: AnyVolume, holding content: ScanContent, threads: Int = 1,
    check: () throws -> Void = {}
  ) throws -> Mask {
    try head(of: volume, holding: content, threads: threads, check: check).bone
  }

  /// As ``bone(of:holding:threads:check:)``, with what was left out of the largest piece.
  public func head(
    of volume: AnyVolume, holding content: ScanContent, threads: Int = 1,
    check: () throws -> Void = {}
  ) throws -> Head {
    let bone = volume.binarized(in: range(of: content), threads: threads)
    guard content == .hounsfield, !takesEveryPiece else { return Head(bone: bone) }
    try check()
    return Self.head(of: bone, in: volume, threads: threads)
  }

  /// The values that are bone.
  public func range(of content: ScanContent) -> Threshold {
    switch content {
    case .hounsfield: .atLeast(threshold)
    case .mask: .nonzero
    case .label(let label): .label(label)
    case .fraction: .atLeast(Self.halfBone)
    case .soft(let half): .atLeast(half)
    }
  }

  /// The piece of bone that is the skull, without table, tubes and vertebrae.
  public static func mainPiece(of bone: Mask, threads: Int = 1) -> Mask {
    bone.largestComponent(connectivity: connectivity, threads: threads)
  }
}
