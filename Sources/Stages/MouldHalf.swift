public import Dataflow
import Errors
public import Implants
import Meshes

/// Makes one half of a mould in which a designed part is cast, such as of PMMA.
public struct MouldHalf: DeclaredStage {
  public static let kind = "mould"
  public static let summary = "Makes one half of a mould in which a part is cast."
  public static let ports = ["of"]
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "half", .choice(Mould.Half.allCases.map(\.rawValue)),
      standard: .text(Mould.Half.inner.rawValue),
      "inner, below the part, with the keys; or outer, above it, with the vents"),
    .init(
      "part", .integer(1...1000), standard: .integer(1), "which part, the largest being 1"),
    .init(
      "wall", .number(9...50), standard: .number(MouldDesign().wall),
      "mm from the part to the sides of the mould"),
    .init(
      "draft", .number(0...15), standard: .number(MouldDesign().draft),
      "degrees by which the part's sides lean inward, so that it comes out"),
    .init(
      "vents", .integer(1...100), standard: .integer(MouldDesign().vents),
      "channels through the outer half"),
    .init(
      "vent", .number(1...10), standard: .number(MouldDesign().vent), "their diameter in mm"),
    .init(
      "triangles", .integer(100...100_000_000), standard: .integer(40_000),
      "the triangles that are aimed at"),
    .init(
      "deviation", .number(0...10), standard: .number(0.1),
      "how far the surface may move for that, in mm"),
  ]

  public var half: Mould.Half
  /// 1 is the largest.
  public var part: Int
  public var mould: MouldDesign
  public var triangles: Int
  /// In mm.
  public var deviation: Double

  public init(
    _ half: Mould.Half, of part: Int = 1, mould: MouldDesign = MouldDesign(),
    triangles: Int = 40_000, deviation: Double = 0.1
  ) {
    (self.half, self.part, self.mould) = (half, part, mould)
    (self.triangles, self.deviation) = (triangles, deviation)
  }
  public init(_ parameters: Parameters) {
    self.init(
      Mould.Half(rawValue: parameters.text("half")) ?? .inner, of: parameters.integer("part"),
      mould: MouldDesign(
        wall: parameters.number("wall"), draft: parameters.number("draft"),
        vents: parameters.integer("vents"), vent: parameters.number("vent")),
      triangles: parameters.integer("triangles"), deviation: parameters.number("deviation"))
  }

  /// Both halves and the part on the cells of a block around it, and a surface with the gate's tree over it.
  public func demand(for inputs: [Extent]) -> Demand {
    let cells = inputs[0].bytes / 4
    return Demand(
      peakBytes: 48 * cells + 64 << 20, output: Extent(bytes: 4 * cells),
      cores: Cores(voxels: cells))
  }

  /// The half's surface in LPS mm, with what the gate found of it; empty where there is no such part.
  ///
  /// *Notes*: `vents`; in mm³ `castVolume`, and `partVolume` of the part without tabs, holes and label; `gate`: whether it
  /// passes. A warning where it does not, and where more than the part is cast.
  public func run(_ input: Inputs<ImplantDesign>, in context: StageContext) throws -> CheckedSurface
  {
    let parts = input.values.parts
    guard part <= parts.count else {
      if !parts.isEmpty {
        context.warn(
          "no mould is made: there are \(parts.count) parts, and none has number \(part)")
      }
      return CheckedSurface(mesh: TriangleMesh(), report: GateReport([]))
    }
    let made = Mould(of: parts[part - 1], by: mould, threads: context.cores)
    let (mesh, report) = made.checkedSurface(
      of: half, triangles: triangles, within: deviation, threads: context.cores)
    context.note("vents", .integer(made.vents))
    context.note("castVolume", .number(made.cast))
    context.note("partVolume", .number(made.part))
    if made.cast > Self.muchFilled * made.part {
      context.warn(
        "\(Int((made.cast - made.part).rounded())) mm³ more than the part is cast: undercuts that would hold it in the mould are filled"
      )
    }
    context.note("triangles", .integer(mesh.triangles.count))
    context.note("gate", .flag(report.passes))
    context.warn(ofFailuresIn: report, of: "the \(half.rawValue) half of the mould")
    return CheckedSurface(mesh: mesh, report: report)
  }

  /// From this share of the part on, what is cast is warned of.
  private static let muchFilled = 1.01
}
