public import Dataflow
public import Pictures
public import Volumes
import VoxelOps

/// Draws skull and implant, small, for the page of a batch.
public struct DrawThumbnail: DeclaredStage {
  public static let kind = "thumbnail"
  public static let summary = "Draws skull and implant as a small picture, for lists of cases."
  public static let ports = ["of", "bone"]
  public static let parameters: [ParameterDeclaration] = []

  public init() {}
  public init(_ parameters: Parameters) {}

  /// The coarser masks and the surfaces of the finest.
  public func demand(for inputs: [Extent]) -> Demand {
    Demand(
      peakBytes: inputs[0].voxels / 3 + 96 << 20, output: Extent(bytes: 3 * 160 * 160),
      cores: Cores(voxels: inputs[0].voxels))
  }

  /// The picture, see ``Thumbnail``.
  ///
  /// - Throws: `Diagnostic` with the mismatch in mm if the grids differ.
  public func run(_ input: Inputs<Mask, Mask>, in context: StageContext) throws -> RGBImage {
    let (implant, bone) = input.values
    try implant.geometry.requireMatch(with: bone.geometry)
    return Thumbnail.render(bone: bone, implant: implant, threads: context.cores)
  }
}
