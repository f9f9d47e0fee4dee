public import BetaVAE
public import Completion
import Errors
import NeuralEngine
public import Dataflow
public import Skulls
public import Volumes

/// Searches, from a latent on, the one whose decoded skull agrees best with the bone of its scan.
public struct Optimize: DeclaredStage {
  public static let kind = "optimize"
  public static let summary =
    "Moves a latent until its decoded skull agrees with the bone of the scan, and forgives what that lacks."
  public static let ports = ["latent", "of"]
  public static let parameters: [ParameterDeclaration] = [
    .init("steps", .integer(0...1000), standard: .integer(40), "steps of the search; 0: none"),
    .init(
      "weight", .number(0...10_000), standard: .number(LatentFit(steps: 0).weight),
      "how much agreement counts against likeness to complete skulls"),
    .init(
      "closing", .number(0...20), standard: .number(Frame.closing),
      "mm; as in `encode`"),
  ]

  public var fit: LatentFit
  /// The radius in mm by which the bone that the network sees is closed.
  public var closing: Double

  public init(_ fit: LatentFit = LatentFit(steps: 40), closing: Double = Frame.closing) {
    (self.fit, self.closing) = (fit, closing)
  }

  public init(_ parameters: Parameters) {
    var fit = LatentFit(steps: parameters.integer("steps"))
    fit.weight = parameters.number("weight")
    self.init(fit, closing: parameters.number("closing"))
  }

  /// The latent's model, which later stages must agree with.
  public func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)? {
    inputs.first.flatMap { $0 }
  }

  /// The decoder in training, and the mask in its frame.
  public func demand(for inputs: [Extent]) -> Demand {
    Demand(
      peakBytes: inputs[0].bytes + 1 << 16 + (fit.steps > 0 ? 4 * inputs[0].decodingBytes : 0)
        + inputs[1].voxels / 64, output: inputs[0], cores: Cores(latentOf: inputs[0]))
  }

  /// The latent that was found. An empty one does not change, nor one whose model or device follows nothing back: of
  /// that a warning tells.
  ///
  /// - Throws: what the device throws; `Diagnostic` where the mask is not that of the latent.
  public func run(_ input: Inputs<Latent, Mask>, in context: StageContext) throws -> Latent {
    let (latent, mask) = input.values
    guard fit.steps > 0, !latent.isOfNothing else { return latent }
    let framed = try latent.frame.framed(
      mask, closing: latent.frame.rule == .resize ? 0 : closing, threads: context.cores)
    let decoder: any DecoderGradients
    do { decoder = try latent.model.decoderGradients(threads: context.cores) } catch let error
      as Diagnostic
      where error.code != .memory
    {
      context.warn("the latent is not fitted to the bone: \(error)")
      return latent
    }
    let result = fit.run(from: latent, to: framed, by: decoder)
    context.note("agreementBefore", .number(result.before))
    context.note("agreementAfter", .number(result.after))
    return result.latent
  }
}
