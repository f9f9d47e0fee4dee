public import Dataflow
import VoxelOps
public import Volumes

/// Takes the bone of a scan.
///
/// CT: v ≥ `threshold`, by default 226 HU, and of that the largest 26-connected component. A mask:
/// every nonzero voxel. A label of several: the voxels that have it. A smoothed mask: v ≥ 0.5.
public struct Bone: DeclaredStage {
  /// The stage's name in pipeline files.
  public static let kind = "bone"
  /// One line for help.
  public static let summary = "Takes the bone of a CT or of a mask."
  /// What pipeline files may set.
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "threshold", .number(.finite), standard: .number(226),
      "HU from which on a voxel of a CT is bone"),
    .init(
      "pieces", .choice(["main", "all"]), standard: .text("main"),
      "of a CT the largest 26-connected component only, or every piece"),
  ]

  /// HU from which on a voxel of a CT is bone.
  public var threshold: Double
  /// Whether every piece of a CT's bone is taken, not the largest only.
  public var takesEveryPiece: Bool

  /// A stage for a threshold in HU.
  public init(threshold: Double = 226, takesEveryPiece: Bool = false) {
    self.threshold = threshold
    self.takesEveryPiece = takesEveryPiece
  }

  /// The stage with checked parameters.
  public init(_ parameters: Parameters) {
    self.init(
      threshold: parameters.number("threshold"),
      takesEveryPiece: parameters.text("pieces") == "all")
  }

  /// The mask before and after the choice of a component, and the search among the runs of noise, see
  /// ``Keep``.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    return Demand(
      peakBytes: (takesEveryPiece ? 1 : 9) * mask.bytes + 1 << 20, output: mask,
      cores: Cores(voxels: mask.voxels))
  }

  /// The bone, with what was taken in the notes; a warning where it is empty.
  public func run(_ input: Inputs<Scan>, in context: StageContext) throws -> Mask {
    let scan = input.values
    var mask: Mask
    switch scan.content {
    case .mask:
      mask = scan.volume.binarized(in: .nonzero, threads: context.cores)
      context.note("taken", .text("nonzero voxels of a mask"))
    case .label(let label):
      mask = scan.volume.binarized(in: .label(label), threads: context.cores)
      context.note("taken", .text("voxels of label \(label)"))
      if mask.isEmpty { context.warn("no voxel has label \(label); the bone is empty") }
    case .share:
      mask = scan.volume.binarized(in: .atLeast(0.5), threads: context.cores)
      context.note("taken", .text("voxels of which at least half is bone, of a smoothed mask"))
      if mask.isEmpty { context.warn("no voxel is half bone; smooth with a smaller sigma") }
    case .hounsfield:
      mask = scan.volume.binarized(in: .atLeast(threshold), threads: context.cores)
      if !takesEveryPiece {
        try context.checkCancellation()
        mask = mask.largestComponent(connectivity: .corners26, threads: context.cores)
      }
      context.note(
        "taken",
        .text(
          "v >= \(threshold) HU"
            + (takesEveryPiece ? "" : ", largest 26-connected component")))
      if mask.isEmpty {
        context.warn(
          "no voxel reaches \(threshold) HU, so the bone is empty; a file of labels needs --label N"
        )
      }
    }
    context.note("voxels", .integer(mask.voxelCount))
    return mask
  }
}
