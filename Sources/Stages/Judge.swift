import Completion
public import Dataflow
public import Volumes

/// Says of an implant how far it can be trusted; the implant stays as it is.
///
/// For models that do not know: `auto` and `continuation` say it themselves.
public struct Judge: DeclaredStage {
  public static let kind = "judge"
  public static let summary = "Says how far an implant can be trusted, whatever made it."
  public static let ports = ["of", "against"]
  public static let parameters: [ParameterDeclaration] =
    [
      .init("model", .text, standard: .text("unknown"), "what made the implant, for the account")
    ] + NamedHoles.parameters

  public var model: String
  /// Which holes were to be filled; nil: all.
  private var named: NamedHoles?

  public init(model: String) { self.model = model }

  public init(_ parameters: Parameters) throws {
    model = parameters.text("model")
    let named = try NamedHoles(parameters)
    if named.isSome { self.named = named }
  }

  /// Reads the masks of named holes.
  ///
  /// - Throws: `Diagnostic` where one cannot be read.
  public func prepare() throws -> [Note] {
    try named?.prepare()
    return []
  }

  /// Digests of the masks: cached values are not reused if these change.
  public func digests() throws -> [String: String] { try named?.digests() ?? [:] }

  /// What continuing the vault takes, a completed skull and what it adds.
  public func demand(for inputs: [Extent]) throws -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    let need = ContinuationCompletion().demand(
      voxels: inputs[0].voxels, cubicMillimetres: inputs[0].cubicMillimetres)
    return Demand(
      peakBytes: need.peakBytes + 7 * mask.bytes
        + (try named?.byteCount(onGridOf: mask.bytes) ?? 0), output: mask,
      cores: Cores(most: need.cores, bytesEach: need.bytesPerCore))
  }

  /// The implant, with findings and a warning where it cannot be trusted.
  ///
  /// - Throws: `Diagnostic` with the mm of mismatch where the grids differ; `CancellationError`.
  public func run(_ input: Inputs<Mask, Mask>, in context: StageContext) throws -> Mask {
    let (implant, defective) = input.values
    let findings = try CompletionFindings.judging(
      implant, in: defective, by: model,
      in: CompletionContext(
        threads: context.cores,
        targets: try named?.targets(on: defective.geometry, threads: context.cores),
        progress: context.progress, checkCancellation: context.checkCancellation))
    context.tell(findings)
    if let doubt = findings.doubt { context.warn(doubt) }
    if !implant.isEmpty, !findings.defects.contains(where: \.isFilled) {
      context.warn(
        findings.defects.isEmpty
          ? "the implant lies where no hole of the vault is found: check the orientation and the threshold"
          : "the implant lies outside of the holes of the vault, which stay open: check the orientation, or take another "
            + "pipeline")
    }
    return implant
  }
}

extension StageGraph {
  /// Adds a judgement, its ports named.
  public mutating func add(
    _ stage: Judge, named name: String = Judge.kind, of implant: Port<Mask>,
    against bone: Port<Mask>
  ) -> Port<Mask> {
    add(stage, named: name, to: implant, bone)
  }
}
