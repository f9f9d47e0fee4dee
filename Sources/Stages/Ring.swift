public import Dataflow
public import Implants
import Meshes
public import Volumes
import VoxelOps

/// Makes a solid of the bone around an implant, to print and try the fit of the part in.
public struct Ring: DeclaredStage {
  public static let kind = "ring"
  public static let summary = "Makes a solid of the bone around an implant, to try the fit in."
  public static let ports = ["of", "against"]
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "width", .number(3...60), standard: .number(15),
      "how far around the implant bone is taken, in mm"),
    .init(
      "clearance", .number(0...10), standard: .number(PartDesign().clearance),
      "how far from the implant what fills pores of the bone stays, in mm; as in `design`"),
    .init(
      "smoothing", .integer(0...200), standard: .integer(20), "as in `design`"),
    .init(
      "triangles", .integer(100...100_000_000), standard: .integer(60_000),
      "the triangles that are aimed at"),
    .init(
      "tolerance", formerly: "deviation", .number(0...10), standard: .number(0.1),
      "how far the surface may move for that, in mm"),
  ]

  /// In mm.
  public var width: Double
  /// In mm.
  public var clearance: Double
  /// A standard deviation in mm.
  public var smoothing: Double
  public var triangles: Int
  /// In mm.
  public var tolerance: Double

  public init(
    width: Double = 15, clearance: Double = PartDesign().clearance,
    smoothing: Double = PartDesign().smoothing, triangles: Int = 60_000, tolerance: Double = 0.1
  ) {
    (self.width, self.clearance, self.smoothing) = (width, clearance, smoothing)
    (self.triangles, self.tolerance) = (triangles, tolerance)
  }
  public init(_ parameters: Parameters) {
    self.init(
      width: parameters.number("width"), clearance: parameters.number("clearance"),
      smoothing: Design.sigma(rounds: parameters.integer("smoothing")),
      triangles: parameters.integer("triangles"), tolerance: parameters.number("tolerance"))
  }

  /// As for the design of parts, whose boxes are the same or smaller; and a surface with the gate's tree over it.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    let cells = ImplantDesign.cells(inBox: mask.cubicMillimetres)
    return Demand(
      peakBytes: 12 * mask.bytes + 36 * cells + 64 << 20, output: Extent(bytes: 4 * cells),
      cores: Cores(voxels: mask.voxels))
  }

  /// The surface in LPS mm, with what the gate found of it; empty where there is no implant or no bone around it.
  ///
  /// *Notes*: `rings`, `tunnels`, `triangles`, `ringVolume` in mm³, and `gate`: whether it passes. A warning where it
  /// does not.
  /// - Throws: `Diagnostic` with the mismatch in mm if the grids differ, or far from the origin, as `design`.
  public func run(_ input: Inputs<Mask, Mask>, in context: StageContext) throws -> CheckedSurface {
    let (implant, bone) = input.values
    if let box = implant.boundingBox(threads: context.cores) {
      try MeshSurface.requirePrecision(
        implant.geometry.lpsCorners(of: box), spacing: implant.geometry.spacing.min())
    }
    let ring = try HostRing(
      around: implant, in: bone, width: width, clearance: clearance, smoothing: smoothing,
      threads: context.cores)
    let (mesh, report) = ring.checkedSurface(
      triangles: triangles, within: tolerance, threads: context.cores)
    context.note("rings", .integer(ring.fields.count))
    context.note("tunnels", .integer(ring.tunnels))
    context.note("triangles", .integer(mesh.triangles.count))
    context.note("ringVolume", .number(mesh.signedVolume))
    context.note("gate", .flag(report.passes))
    context.warn(ofFailuresIn: report, of: "the bone around the implant")
    return CheckedSurface(mesh: mesh, report: report)
  }
}
