public import Dataflow
import Implants
public import Volumes

/// Measures an implant, its parts and the skull around it for a patient's chart; the part stays as it is.
public struct Measure: DeclaredStage {
  public static let kind = "measure"
  public static let summary = "Measures an implant, its part and the bone around it, for the chart."
  public static let ports = ["of", "implant", "bone"]
  public static let parameters: [ParameterDeclaration] = []

  public init() {}
  public init(_ parameters: Parameters) {}

  /// A pose and a map of the skull, and the tables of the bone around each piece, which may be the whole grid.
  public func demand(for inputs: [Extent]) -> Demand {
    Demand(
      peakBytes: 12 * inputs[1].voxels + 48 << 20, output: inputs[0],
      cores: Cores(voxels: inputs[1].voxels))
  }

  /// The part; what was measured is told to the account.
  ///
  /// - Throws: `Diagnostic` with the mismatch in mm if the grids differ.
  public func run(
    _ input: Inputs<CheckedSurface, Mask, Mask>, in context: StageContext
  ) throws -> CheckedSurface {
    let (part, implant, bone) = input.values
    context.tell(
      try ImplantMeasures(of: implant, in: bone, parts: part.parts, threads: context.cores))
    return part
  }
}
