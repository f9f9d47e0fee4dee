public import Dataflow
public import Implants
public import Volumes

/// Turns a rough implant into a piece that can be printed and put in.
public struct Clean: DeclaredStage {
  public static let kind = "clean"
  public static let summary = "Keeps of a rough implant the solid piece that fills the defect."
  public static let ports = ["of", "against"]
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "opening", .number(0...50), standard: .number(ImplantCleaning().opening),
      "radius in mm of the ball that must fit into what is kept"),
    .init(
      "regrowth", .number(0...50), standard: .number(ImplantCleaning().regrowth),
      "mm that the piece grows back into the rough implant, to fill the rim"),
    .init(
      "clearance", .number(0...50), standard: .number(ImplantCleaning().clearance),
      "gap in mm between implant and bone"),
    .init(
      "minDistance", formerly: "departure", .number(0...50),
      standard: .number(ImplantCleaning().minDistance),
      "distance in mm that the core of the implant keeps from all bone; 0: no core is needed"),
    .init(
      "minVolume", formerly: "least", .number(0...1e9),
      standard: .number(ImplantCleaning().minVolume),
      "smallest volume of that core in mm³; a piece with a smaller core is dropped"),
    .init(
      "minFraction", formerly: "share", .number(0...1),
      standard: .number(ImplantCleaning().minFraction),
      "smallest volume of a further piece, as a fraction of the largest one's; 1: one piece"),
    .init(
      "minPiece", .number(0...1e9), standard: .number(ImplantCleaning().minPiece),
      "volume in mm³ from which a further piece is kept however large the largest one is; 0: none for that alone"
    ),
  ]

  /// The lengths in mm.
  public var cleaning: ImplantCleaning

  /// A stage for lengths in mm.
  public init(_ cleaning: ImplantCleaning = ImplantCleaning()) { self.cleaning = cleaning }

  public init(_ parameters: Parameters) {
    cleaning = ImplantCleaning(
      opening: parameters.number("opening"), regrowth: parameters.number("regrowth"),
      clearance: parameters.number("clearance"), minDistance: parameters.number("minDistance"),
      minVolume: parameters.number("minVolume"), minFraction: parameters.number("minFraction"),
      minPiece: parameters.number("minPiece"))
  }

  /// Eight masks: the work is done in the box around the rough implant, which may be the whole grid.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    let largest = max(cleaning.opening, cleaning.regrowth, cleaning.clearance, cleaning.minDistance)
    let ball = BallDemand(radius: largest, on: mask, closing: false)
    return Demand(
      peakBytes: 9 * mask.bytes + 1 << 20, output: mask,
      cores: Cores(voxels: mask.voxels, bytesEach: ball.bytesEach))
  }

  /// The piece or pieces, on the grid of both; a warning where it is empty.
  ///
  /// - Throws: `Diagnostic` with the mismatch in mm if the grids differ.
  public func run(_ input: Inputs<Mask, Mask>, in context: StageContext) throws -> Mask {
    let (rough, bone) = input.values
    let implant = try rough.cleaned(against: bone, by: cleaning, threads: context.cores)
    if implant.isEmpty {
      context.warn(
        "the implant is empty: no piece of bone is missing, or none is large enough; if the preview shows a hole, name its place "
          + "(--hole x,y,z); if it shows none where one should be, the file has it closed, as segmentations often do: give the CT"
      )
    }
    let odd =
      implant.implantObjections(threads: context.cores)
      + implant.placementObjections(
        beside: bone, clearance: cleaning.clearance, threads: context.cores)
    for objection in odd { context.warn(objection) }
    return implant
  }
}

extension StageGraph {
  /// Adds a cleaning, its ports named.
  public mutating func add(
    _ stage: Clean, named name: String = Clean.kind, of rough: Port<Mask>, against bone: Port<Mask>
  ) -> Port<Mask> {
    add(stage, named: name, to: rough, bone)
  }
}
