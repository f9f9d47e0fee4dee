public import Dataflow
public import Implants
import Meshes

/// Takes the surface of one half of a mould.
public struct MouldHalf: DeclaredStage {
  public static let kind = "half"
  public static let summary = "Takes the surface of one half of a mould."
  public static let ports = ["of"]
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "half", .choice(Mould.Half.allCases.map(\.rawValue)),
      standard: .text(Mould.Half.inner.rawValue),
      "inner, below the part, with the keys; or outer, above it, with the vents"),
    .init(
      "triangles", .integer(100...100_000_000), standard: .integer(40_000),
      "the triangles that are aimed at"),
    .init(
      "tolerance", formerly: "deviation", .number(0...10), standard: .number(0.1),
      "how far the surface may move for that, in mm"),
  ]

  public var half: Mould.Half
  public var triangles: Int
  /// In mm.
  public var tolerance: Double

  public init(_ half: Mould.Half, triangles: Int = 40_000, tolerance: Double = 0.1) {
    (self.half, self.triangles, self.tolerance) = (half, triangles, tolerance)
  }
  public init(_ parameters: Parameters) {
    self.init(
      Mould.Half(rawValue: parameters.text("half")) ?? .inner,
      triangles: parameters.integer("triangles"), tolerance: parameters.number("tolerance"))
  }

  /// A surface with the gate's tree over it.
  public func demand(for inputs: [Extent]) -> Demand {
    let cells = inputs[0].bytes / 8
    return Demand(
      peakBytes: 32 * cells + 64 << 20, output: Extent(bytes: 4 * cells),
      cores: Cores(voxels: cells))
  }

  /// The half's surface in LPS mm, with what the gate found of it; empty where there is no mould.
  ///
  /// *Notes*: `triangles`, and `gate`: whether it passes. A warning where it does not.
  public func run(_ input: Inputs<CastMould>, in context: StageContext) throws -> CheckedSurface {
    guard let mould = input.values.mould else {
      return CheckedSurface(mesh: TriangleMesh(), report: GateReport([]))
    }
    let (mesh, report) = mould.checkedSurface(
      of: half, triangles: triangles, within: tolerance, threads: context.cores)
    context.note("triangles", .integer(mesh.triangles.count))
    context.note("gate", .flag(report.passes))
    context.warn(ofFailuresIn: report, of: "the \(half.rawValue) half of the mould")
    return CheckedSurface(mesh: mesh, report: report)
  }
}
