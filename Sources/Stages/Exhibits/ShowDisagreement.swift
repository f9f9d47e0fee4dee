public import Dataflow
import Errors
import Pictures
import VoxelOps
public import Volumes

/// Gathers what the page of a case shows of how far the next best way of completing lies from the implant.
public struct ShowDisagreement: Stage {
  public static let kind = "show-disagreement"
  public static let ports = ["of", "bone", "distances"]

  public init() {}

  /// The map, and the surface of the implant.
  public func demand(for inputs: [Extent]) -> Demand {
    let map = 3 * Exhibit.mapWidth * Exhibit.mapWidth
    return Demand(
      peakBytes: 4 * map + 2 * inputs[0].voxels + 32 << 20, output: Extent(bytes: map),
      cores: Cores(voxels: inputs[0].voxels))
  }

  /// The exhibit: a map, or nothing for an empty implant.
  ///
  /// - Throws: `Diagnostic` where the grids differ.
  public func run(_ input: Inputs<Mask, Mask, Scan>, in context: StageContext) throws -> Exhibit {
    let (implant, bone, scan) = input.values
    var exhibit = Exhibit()
    guard let distances = scan.volume.base as? Volume<Float> else { return exhibit }
    try implant.geometry.requireMatch(with: distances.geometry)
    if let map = DisagreementMap.render(
      implant, distances: distances, in: bone, width: Exhibit.mapWidth, threads: context.cores)
    {
      exhibit.pictures.append(try Exhibit.Picture(.disagreement, map))
    }
    return exhibit
  }
}
