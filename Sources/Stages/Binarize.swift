import Errors
public import Dataflow
import Skulls
public import VoxelOps
public import Volumes

/// Takes the voxels of a scan whose values lie in a range: v ≥ `threshold`, or v in `range`.
public struct Binarize: DeclaredStage {
  public static let kind = "binarize"
  public static let summary = "Takes the voxels from a threshold on, or within a range."
  public static let parameters: [ParameterDeclaration] = [
    .init(optional: "threshold", .number(.finite), "the smallest value that is taken"),
    .init(
      optional: "range", .numbers(counts: [2], each: .finite),
      "the smallest and the largest value that are taken: [low, high]"),
  ]

  public var threshold: Threshold

  /// Takes v ≥ `threshold`.
  public init(threshold: Double) { self.threshold = .atLeast(threshold) }
  /// Takes v in `range`, ends included.
  public init(range: ClosedRange<Double>) { threshold = .range(range) }

  public init(_ parameters: Parameters) throws {
    switch (parameters.optionalNumber("threshold"), parameters.optionalNumbers("range")) {
    case (let threshold?, nil): self.init(threshold: threshold)
    case (nil, let range?) where range[0] <= range[1]: self.init(range: range[0]...range[1])
    case (nil, let range?):
      throw Diagnostic(
        .badParameter, field: "range", expected: "the lower value first",
        found: "[\(range[0]), \(range[1])]",
        remedy: "swap the two")
    case (.some, .some):
      throw Diagnostic(
        .badParameter, field: "range", expected: "either threshold or range", found: "both",
        remedy: "remove one")
    case (nil, nil):
      throw Diagnostic(
        .badParameter, field: "threshold", expected: "threshold or range", found: "neither",
        remedy: "add `threshold: \(Int(BoneRule.standardThreshold))`")
    }
  }

  /// The bytes of the mask.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    return Demand(peakBytes: mask.bytes, output: mask, cores: Cores(voxels: mask.voxels))
  }

  /// The voxels whose values lie in the range; NaN never does.
  ///
  /// - Throws: ``Diagnostic`` for a threshold in HU on a smoothed mask.
  public func run(_ input: Inputs<Scan>, in context: StageContext) throws -> Mask {
    let scan = input.values
    let least: Double =
      switch threshold {
      case .atLeast(let value): value
      case .range(let range): range.lowerBound
      case .label, .nonzero: 0
      }
    if scan.content == .fraction, least > 1 {
      throw Diagnostic(
        .badParameter, field: "threshold",
        expected: "0 to 1, because the scan is a smoothed mask",
        found: "\(least)",
        remedy: "use \(BoneRule.halfBone): a voxel counts if at least this fraction of it is bone")
    }
    return scan.volume.binarized(in: threshold, threads: context.cores)
  }
}
