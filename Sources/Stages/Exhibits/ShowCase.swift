public import Dataflow
import Skulls
import VoxelOps
public import Pictures
public import Volumes

/// Gathers what the page of a case shows of its skull and its implant.
public struct ShowCase: Stage {
  public static let kind = "show-case"
  public static let ports = ["of", "bone", "scan", "overview"]

  public init() {}

  /// The small grid as numbers and bytes, its compressed bytes, and the picture's.
  public func demand(for inputs: [Extent]) -> Demand {
    let small = Int(Exhibit.mostVoxels) * 8
    return Demand(
      peakBytes: small + inputs[0].voxels + 2 * inputs[3].bytes,
      output: Extent(bytes: Int(Exhibit.mostVoxels) + inputs[3].bytes),
      cores: Cores(voxels: inputs[1].voxels))
  }

  /// The exhibit, see ``Exhibit/init(implant:bone:scan:overview:threads:)``.
  public func run(_ input: Inputs<Mask, Mask, Scan, RGBImage>, in context: StageContext) throws
    -> Exhibit
  {
    let (implant, bone, scan, overview) = input.values
    return try Exhibit(
      implant: implant, bone: bone, scan: scan.content == .hounsfield ? scan.volume : nil,
      overview: overview, threads: context.cores)
  }
}
