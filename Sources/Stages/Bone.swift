import Errors
public import Dataflow
import Recognition
public import Skulls
public import Volumes
import VoxelOps

/// Takes the bone of a scan.
///
/// ``BoneRule`` decides which voxels are bone.
public struct Bone: DeclaredStage {
  public static let kind = "bone"
  public static let version = 2
  public static let summary = "Takes the bone of a CT or of a mask."
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "threshold", .number(.finite), standard: .number(BoneRule.standardThreshold),
      "threshold in HU: voxels of a CT with at least this value are bone"),
    .init(
      "pieces", .choice(["main", "all"]), standard: .text("main"),
      "of a CT, take only the largest 26-connected component, or every piece"),
  ]

  public var rule: BoneRule
  /// Whether the user set the threshold: it then counts, whatever the values look like.
  public var isThresholdSet = false

  /// A stage for a threshold in HU.
  public init(threshold: Double = BoneRule.standardThreshold, takesEveryPiece: Bool = false) {
    rule = BoneRule(threshold: threshold, takesEveryPiece: takesEveryPiece)
  }

  public init(_ parameters: Parameters) {
    self.init(
      threshold: parameters.number("threshold"),
      takesEveryPiece: parameters.text("pieces") == "all")
    isThresholdSet =
      parameters.isChosen("threshold") || rule.threshold != BoneRule.standardThreshold
  }

  /// Whether the threshold was set is part of the recipe: it may change what is bone.
  public func digests() throws -> [String: String] {
    isThresholdSet ? ["thresholdIsSet": "true"] : [:]
  }

  /// The mask before and after a component is chosen, and the search among the runs of noise, see
  /// ``Keep``.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    return Demand(
      peakBytes: (rule.takesEveryPiece ? 1 : 9) * mask.bytes + 1 << 20, output: mask,
      cores: Cores(voxels: mask.voxels))
  }

  /// The bone, with what was taken in the notes.
  ///
  /// - Throws: `Diagnostic` where it cannot be told which voxels are bone and the user has not said it, and where no
  ///   voxel is.
  public func run(_ input: Inputs<Scan>, in context: StageContext) throws -> Mask {
    let scan = input.values
    if let doubt = scan.doubt, !isThresholdSet { throw doubt }
    var rule = rule
    var content = scan.content
    if isThresholdSet {
      if case .soft = content { content = .soft(rule.threshold) }
      // No bone begins that high in HU: the threshold is one of the file's values.
      let isOfTheFile =
        scan.offset > 0
        ? rule.threshold >= scan.offset + 100 : scan.offset < 0 && rule.threshold < 0
      if isOfTheFile { rule.threshold -= scan.offset }
    }
    let head = try rule.head(
      of: scan.volume, holding: content, threads: context.cores,
      check: { try context.checkCancellation() })
    let mask = head.bone
    if head.apparatus > 0 {
      context.warn(
        "\(Int((head.apparatus / 1000).rounded())) cm³ as dense as bone lie outside of the head or hang on it, as a table "
          + "or a frame does: left out of the skull")
      context.note("apparatusMM3", .number(head.apparatus))
    }
    if content == .hounsfield, rule.takesEveryPiece {
      // The implant keeps clear of each: it would be pierced.
      let lone = mask.loneVoxelCount(threads: context.cores)
      if lone >= Self.manyLoneVoxels, 20_000 * lone >= mask.sizes.count {
        context.warn(
          "\(lone) single voxels as dense as bone lie apart from all others, as noise of single voxels makes them: an implant "
            + "keeps clear of each and is pierced; take the noise out first, as with a median filter"
        )
      }
    }
    if mask.isEmpty, content == .mask {
      // Nothing was asked for that is not there: the file holds no bone.
      context.warn("the mask is 0 in every voxel; the bone is empty")
    } else if mask.isEmpty {
      throw RecognizedVolume.noBone(in: scan.volume, content, threshold: rule.threshold)
    }
    context.note("taken", .text(described(content, rule)))
    context.note("voxels", .integer(mask.voxelCount))
    return mask
  }

  /// Of fewer no implant is riddled.
  private static let manyLoneVoxels = 200

  /// What the record says was taken.
  private func described(_ content: ScanContent, _ rule: BoneRule) -> String {
    switch content {
    case .mask: "nonzero voxels of a mask"
    case .label(let label): "voxels of label \(label)"
    case .soft(let half): "v >= \(half) of a mask with soft edges"
    case .fraction: "voxels of which at least half is bone, of a smoothed mask"
    case .hounsfield:
      "v >= \(rule.threshold) HU"
        + (rule.takesEveryPiece ? "" : ", largest 26-connected component")
    }
  }
}
