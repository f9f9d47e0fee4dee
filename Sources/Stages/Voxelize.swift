public import Dataflow
public import Meshes
public import Volumes

/// The voxels of a grid whose centres lie in a surface.
public struct Voxelize: DeclaredStage {
  public static let kind = "voxelize"
  public static let summary = "Fills a closed surface with the voxels of a mask's grid."
  public static let ports = ["of", "like"]
  public static let parameters: [ParameterDeclaration] = []

  public init() {}
  public init(_ parameters: Parameters) {}

  /// The mask, and the triangles by rows of the grid.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[1].grid(bytesPerVoxel: 1)
    return Demand(
      peakBytes: mask.bytes + 3 * inputs[0].bytes + 1 << 20, output: mask,
      cores: Cores(voxels: mask.voxels))
  }

  /// The mask, on the grid of `like`; empty for an empty surface.
  public func run(_ input: Inputs<TriangleMesh, Mask>, in context: StageContext) throws -> Mask {
    let (mesh, like) = input.values
    return Mask(filling: mesh, on: like.geometry, threads: context.cores)
  }
}
