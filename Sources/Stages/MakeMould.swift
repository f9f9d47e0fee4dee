public import Dataflow
public import Implants

/// Makes a mould in which a designed part is cast, such as of PMMA; ``MouldHalf`` takes its halves.
public struct MakeMould: DeclaredStage {
  public static let kind = "mould"
  public static let summary = "Makes a mould of two halves in which a part is cast."
  public static let ports = ["of"]
  public static let parameters: [ParameterDeclaration] = [
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
  ]

  /// 1 is the largest.
  public var part: Int
  public var mould: MouldDesign

  public init(of part: Int = 1, mould: MouldDesign = MouldDesign()) {
    (self.part, self.mould) = (part, mould)
  }
  public init(_ parameters: Parameters) {
    self.init(
      of: parameters.integer("part"),
      mould: MouldDesign(
        wall: parameters.number("wall"), draft: parameters.number("draft"),
        vents: parameters.integer("vents"), vent: parameters.number("vent")))
  }

  /// Both halves and the part on the cells of a block around it, and the components of a half.
  public func demand(for inputs: [Extent]) -> Demand {
    let cells = inputs[0].bytes / 4
    return Demand(
      peakBytes: 28 * cells + 16 << 20, output: Extent(bytes: 8 * cells + 8 << 20),
      cores: Cores(voxels: cells))
  }

  /// The mould; none where there is no such part.
  ///
  /// *Notes*: `vents`; in mm³ `castVolume`, `partVolume` of the part without tabs, holes and label, and `filledVolume` of
  /// undercuts that are cast with it. A warning where these are much.
  public func run(_ input: Inputs<ImplantDesign>, in context: StageContext) throws -> CastMould {
    let parts = input.values.parts
    guard part <= parts.count else {
      if !parts.isEmpty {
        context.warn(
          "no mould is made: there are \(parts.count) parts, and none has number \(part)")
      }
      return CastMould(nil)
    }
    let made = Mould(of: parts[part - 1], by: mould, threads: context.cores)
    context.note("vents", .integer(made.vents))
    context.note("castVolume", .number(made.cast))
    context.note("partVolume", .number(made.part))
    context.note("filledVolume", .number(made.filled))
    if made.filled > Self.muchFilled * made.part {
      context.warn(
        "\(Int(made.filled.rounded())) mm³ more than the part is cast: undercuts that would hold it in the mould are filled"
      )
    }
    return CastMould(made)
  }

  /// From this share of the part on, what is filled is warned of.
  private static let muchFilled = 0.01
}
