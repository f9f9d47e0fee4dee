public import Dataflow
public import Implants
public import Meshes
public import Volumes

/// The gate that a part passes before it is made; its surface stays as it is.
public struct CheckPart: DeclaredStage {
  public static let kind = "gate"
  public static let version = 2
  public static let summary = "Checks whether a part can be made, and how it fits the bone."
  public static let ports = ["of", "against", "design"]
  public static let parameters: [ParameterDeclaration] = []

  public init() {}
  public init(_ parameters: Parameters) {}

  /// Trees over the triangles of the part and of the bone around it.
  public func demand(for inputs: [Extent]) -> Demand {
    let bone = inputs[1]
    return Demand(
      peakBytes: 10 * inputs[0].bytes + 8 * bone.voxels + 64 << 20,
      output: Extent(bytes: inputs[0].bytes * 3 / 2),
      cores: Cores(voxels: bone.voxels))
  }

  /// The surface with what was found, which is told to the account as well; a warning where a check fails. For a surface
  /// without triangles nothing is checked.
  ///
  /// - Throws: `Diagnostic` with the mismatch in mm if the grids differ.
  public func run(
    _ input: Inputs<TriangleMesh, Mask, ImplantDesign>, in context: StageContext
  ) throws -> CheckedSurface {
    let (mesh, bone, made) = input.values
    guard !mesh.isEmpty else { return CheckedSurface(mesh: mesh, report: GateReport([])) }
    var gate = Gate(
      wall: made.design.wall, clearance: made.design.clearance,
      tunnels: made.parts.reduce(0) { $0 + $1.figures.tunnels })
    gate.ways = made.parts.map(\.way)
    let report = gate.report(on: mesh, against: bone, threads: context.cores)
    context.tell(report)
    context.warn(ofFailuresIn: report, of: "the part")
    return CheckedSurface(mesh: mesh, report: report, partOfTriangle: made.owners(of: mesh))
  }
}
