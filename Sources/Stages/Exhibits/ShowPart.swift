public import Dataflow
public import Implants
import Pictures
public import Volumes

/// Gathers what the page of a case shows of the part that is made: its surface, its thickness, its gap to the bone.
public struct ShowPart: Stage {
  public static let kind = "show-part"
  public static let ports = ["of", "against", "design"]

  public init() {}

  /// Trees over the triangles of the parts and of the bone around them, and two maps a part.
  public func demand(for inputs: [Extent]) -> Demand {
    let maps = 2 * PartSheet.most * 3 * Exhibit.mapWidth * Exhibit.mapWidth
    return Demand(
      peakBytes: 2 * maps + 12 * inputs[0].bytes + 8 * inputs[1].voxels + 64 << 20,
      output: Extent(bytes: maps + inputs[0].bytes), cores: Cores(voxels: inputs[1].voxels))
  }

  /// The exhibit, see ``Exhibit/init(parts:bone:threads:)``.
  public func run(
    _ input: Inputs<CheckedSurface, Mask, ImplantDesign>, in context: StageContext
  ) throws -> Exhibit {
    let (surface, bone, made) = input.values
    let parts = zip(surface.parts, made.parts).map { PartSheet.Part($0, way: $1.way) }
    return try Exhibit(parts: parts, bone: bone, threads: context.cores)
  }
}
