public import Dataflow
public import Rims
public import Volumes

/// Lays a completed skull onto the rims of the holes that it fills.
public struct Fit: DeclaredStage {
  public static let kind = "fit"
  public static let summary =
    "Lays a completed skull onto the bone around the holes, without a step."
  public static let ports = ["of", "against"]
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "minDistance", .number(0...50), standard: .number(RimFitting().minDistance),
      "a hole is where the completion lies at least so many mm from all bone"),
    .init(
      "minVolume", .number(0...1e9), standard: .number(RimFitting().minVolume),
      "smallest volume of such a place in mm³"),
    .init(
      "ring", .number(5...100), standard: .number(RimFitting().ring),
      "mm around a hole in which bone counts"),
    .init(
      "limit", .number(0.1...20), standard: .number(RimFitting().limit),
      "mm that the surfaces of bone and completion may lie apart"),
    .init(
      "noise", .number(0.01...10), standard: .number(RimFitting().noise),
      "mm by which the surfaces may miss each other; more is smoother"),
  ]

  /// The lengths in mm.
  public var fitting: RimFitting

  public init(_ fitting: RimFitting = RimFitting()) { self.fitting = fitting }

  public init(_ parameters: Parameters) {
    fitting = RimFitting(
      minDistance: parameters.number("minDistance"), minVolume: parameters.number("minVolume"),
      ring: parameters.number("ring"), limit: parameters.number("limit"),
      noise: parameters.number("noise"))
  }

  /// Fourteen bytes a voxel, as the box around the holes may be the whole grid; points of the surfaces and the system
  /// of the spline.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    let ball = BallDemand(radius: fitting.minDistance + 4, on: mask, closing: false)
    return Demand(
      peakBytes: 14 * mask.bytes + 96 << 20, output: mask,
      cores: Cores(voxels: mask.voxels, bytesEach: ball.bytesEach))
  }

  /// The completed skull on the grid of both.
  ///
  /// *Notes*: `rimPairs`, the points of bone that were paired; `rimBefore`, the median distance between bone and
  /// completion around the holes in mm; `rimResidual`, what the displacement misses of it. A warning where there are
  /// holes and too little bone around them.
  /// - Throws: `Diagnostic` with the mismatch in mm if the grids differ.
  public func run(_ input: Inputs<Mask, Mask>, in context: StageContext) throws -> Mask {
    let (completed, bone) = input.values
    let fit = try completed.fitted(onto: bone, by: fitting, threads: context.cores)
    context.note("rimPairs", .number(Double(fit.pairs)))
    if let before = fit.before { context.note("rimBefore", .number(before)) }
    if let residual = fit.residual { context.note("rimResidual", .number(residual)) }
    if fit.hasHoles, fit.pairs == 0 {
      context.warn(
        "there is too little bone around the holes to lay the completion onto: it stays as it is")
    }
    return fit.mask
  }
}

extension StageGraph {
  /// Adds a fit, its ports named.
  public mutating func add(
    _ stage: Fit, named name: String = Fit.kind, of completed: Port<Mask>, against bone: Port<Mask>
  ) -> Port<Mask> {
    add(stage, named: name, to: completed, bone)
  }
}
