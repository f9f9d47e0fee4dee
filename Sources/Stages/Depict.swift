public import Dataflow
public import Implants
public import Pictures
public import Volumes

/// Draws the parts in place and moved out, how thick they are, and how far bone lies from them.
public struct Depict: DeclaredStage {
  public static let kind = "depict"
  public static let summary =
    "Draws parts in place and moved out, and maps of their thickness and of the gap to bone."
  public static let ports = ["of", "against", "design"]
  public static let parameters: [ParameterDeclaration] = []

  public init() {}
  public init(_ parameters: Parameters) {}

  /// What the sheet takes; a triangle of the surface has 24 bytes at least.
  public func demand(for inputs: [Extent]) -> Demand {
    Demand(
      peakBytes: PartSheet.peakBytes(
        triangles: inputs[0].bytes / 24, voxels: inputs[1].voxels),
      output: Extent(bytes: PartSheet.mostBytes), cores: Cores(voxels: inputs[1].voxels))
  }

  /// Draws the part in place and moved out, its thickness and its gap; see ``PartSheet``.
  public func run(
    _ input: Inputs<CheckedSurface, Mask, ImplantDesign>, in context: StageContext
  ) throws -> RGBImage {
    let (surface, bone, made) = input.values
    // What belongs together is known where there are several parts.
    let parts = zip(surface.parts, made.parts).map { PartSheet.Part($0, way: $1.way) }
    return PartSheet.render(parts, in: bone, threads: context.cores)
  }
}
