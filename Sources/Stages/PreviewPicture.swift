public import Pictures
public import Dataflow
import VoxelOps
import Skulls
public import Volumes

/// Draws three slices through the implant and a view of skull and implant.
public struct PreviewPicture: DeclaredStage {
  public static let kind = "preview"
  public static let summary = "Draws slices through the implant and a view of skull and implant."
  public static let ports = ["of", "bone", "scan"]
  public static let parameters: [ParameterDeclaration] = []

  public init() {}
  public init(_ parameters: Parameters) {}

  /// Sixteen times the picture, and two bytes per voxel.
  public func demand(for inputs: [Extent]) -> Demand {
    let picture = 3 * 1600 * 1600
    return Demand(
      peakBytes: 16 * picture + 2 * inputs[0].voxels, output: Extent(bytes: picture),
      cores: Cores(voxels: inputs[0].voxels))
  }

  /// The picture; it shows grey values if the scan is a CT.
  ///
  /// - Throws: `Diagnostic` with the mismatch in mm if the grids differ.
  public func run(_ input: Inputs<Mask, Mask, Scan>, in context: StageContext) throws -> RGBImage {
    let (implant, bone, scan) = input.values
    for other in [bone.geometry, scan.volume.geometry] {
      try implant.geometry.requireMatch(with: other)
    }
    let grey = scan.content == .hounsfield ? scan.volume : nil
    return Preview.render(scan: grey, bone: bone, implant: implant, threads: context.cores)
  }
}

extension StageGraph {
  /// Adds a preview, its ports named.
  public mutating func add(
    _ stage: PreviewPicture, named name: String = PreviewPicture.kind, of implant: Port<Mask>,
    bone: Port<Mask>, scan: Port<Scan>
  ) -> Port<RGBImage> {
    add(stage, named: name, to: implant, bone, scan)
  }
}
