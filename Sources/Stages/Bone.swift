public import Dataflow
public import Skulls
public import Volumes

/// Takes the bone of a scan.
///
/// ``BoneRule`` decides which voxels are bone.
public struct Bone: DeclaredStage {
  public static let kind = "bone"
  public static let summary = "Takes the bone of a CT or of a mask."
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "threshold", .number(.finite), standard: .number(BoneRule.standardThreshold),
      "threshold in HU: voxels of a CT with at least this value are bone"),
    .init(
      "pieces", .choice(["main", "all"]), standard: .text("main"),
      "of a CT, take only the largest 26-connected component, or every piece"),
  ]

  /// Which voxels are bone.
  public var rule: BoneRule

  /// A stage for a threshold in HU.
  public init(threshold: Double = BoneRule.standardThreshold, takesEveryPiece: Bool = false) {
    rule = BoneRule(threshold: threshold, takesEveryPiece: takesEveryPiece)
  }

  public init(_ parameters: Parameters) {
    self.init(
      threshold: parameters.number("threshold"),
      takesEveryPiece: parameters.text("pieces") == "all")
  }

  /// The mask before and after a component is chosen, and the search among the runs of noise, see
  /// ``Keep``.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    return Demand(
      peakBytes: (rule.takesEveryPiece ? 1 : 9) * mask.bytes + 1 << 20, output: mask,
      cores: Cores(voxels: mask.voxels))
  }

  /// The bone, with what was taken in the notes; a warning where it is empty.
  public func run(_ input: Inputs<Scan>, in context: StageContext) throws -> Mask {
    let scan = input.values
    let mask = try rule.bone(
      of: scan.volume, holding: scan.content, threads: context.cores,
      check: { try context.checkCancellation() })
    let (taken, warning) = described(scan.content)
    context.note("taken", .text(taken))
    if mask.isEmpty, let warning { context.warn(warning) }
    context.note("voxels", .integer(mask.voxelCount))
    return mask
  }

  /// What the record says was taken, and the warning for the user if nothing was.
  private func described(_ content: ScanContent) -> (taken: String, warning: String?) {
    switch content {
    case .mask: ("nonzero voxels of a mask", nil)
    case .label(let label):
      ("voxels of label \(label)", "no voxel has label \(label); the bone is empty")
    case .fraction:
      (
        "voxels of which at least half is bone, of a smoothed mask",
        "no voxel is half bone; smooth with a smaller sigma"
      )
    case .hounsfield:
      (
        "v >= \(rule.threshold) HU"
          + (rule.takesEveryPiece ? "" : ", largest 26-connected component"),
        "no voxel reaches \(rule.threshold) HU, so the bone is empty; a file of labels needs --label N"
      )
    }
  }
}
