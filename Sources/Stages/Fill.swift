public import Dataflow
import VoxelOps
public import Volumes

/// Fills what a mask encloses: cavities in 3D, or holes in each slice.
public struct Fill: DeclaredStage {
  public static let kind = "fill"
  public static let summary = "Fills the cavities of a mask, or the holes of its slices."
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "slices", .choice(["none", "x", "y", "z"]), standard: .text("none"),
      "fill each slice across this axis; none: fill cavities in 3D")
  ]

  /// The axis across which slices are filled; nil: cavities in 3D.
  public var axis: Int?

  /// A stage that fills cavities, or slices across an axis.
  public init(acrossAxis axis: Int? = nil) { self.axis = axis }

  public init(_ parameters: Parameters) {
    self.init(acrossAxis: ["x", "y", "z"].firstIndex(of: parameters.text("slices")))
  }

  /// Three masks, and the runs of a checkerboard: 5 bytes a voxel.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    return Demand(
      peakBytes: 8 * mask.bytes + 16 << 20, output: mask, cores: Cores(voxels: mask.voxels))
  }

  public func run(_ input: Inputs<Mask>, in context: StageContext) throws -> Mask {
    if let axis { return input.values.holesFilled(acrossAxis: axis, threads: context.cores) }
    return input.values.cavitiesFilled(threads: context.cores)
  }
}
