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

  /// The picture twice, the surfaces of all bone for the views, and trees over the parts and the bone around them.
  public func demand(for inputs: [Extent]) -> Demand {
    let picture = 3 * 1400 * 4800
    return Demand(
      peakBytes: 2 * picture + 10 * inputs[0].bytes + 10 * inputs[1].voxels + 128 << 20,
      output: Extent(bytes: picture), cores: Cores(voxels: inputs[1].voxels))
  }

  /// The picture, see ``PartSheet``.
  public func run(
    _ input: Inputs<CheckedSurface, Mask, ImplantDesign>, in context: StageContext
  ) throws -> RGBImage {
    let (surface, bone, made) = input.values
    // What belongs together is known where there are several parts.
    let parts = zip(surface.parts, made.parts).map { PartSheet.Part($0, way: $1.way) }
    return PartSheet.render(parts, in: bone, threads: context.cores)
  }
}
