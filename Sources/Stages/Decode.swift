import BetaVAE
public import Completion
import Errors
import Files
import Skulls
public import Dataflow
public import Volumes

/// Decodes a latent onto the grid of its scan, with the model that encoded it.
public struct Decode: DeclaredStage {
  public static let kind = "decode"
  public static let summary = "Decodes a latent onto the grid of its scan."
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "level", .number(0.001...0.999), standard: .number(0.5),
      "a voxel with at least this probability is bone"),
    .init(
      optional: "model", .text,
      "the model file that has encoded the latent, which is the one that decodes it: naming another "
        + "is an error"),
  ]

  /// A voxel with at least this probability is bone.
  public var level: Double
  /// The path of the model file that must have encoded the latents; nil: any model.
  public var model: String?

  /// A stage for latents of one model, or of any model.
  public init(level: Double = 0.5, model: String? = nil) {
    (self.level, self.model) = (level, model.map(ProgramFiles.located))
  }

  public init(_ parameters: Parameters) throws {
    let model = parameters.optionalText("model")
    if let model { try ModelParameter.requireModelFile(model) }
    self.init(level: parameters.number("level"), model: model)
  }

  /// The value depends on the latent's model, not on the path that is named here.
  public func digests() -> [String: String] { model == nil ? [:] : ["model": "that of the latent"] }

  /// Checks that the latents come from the model that is named.
  ///
  /// - Throws: ``Diagnostic`` that names both files if they do not, or if the named file cannot be read.
  public func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)? {
    guard let model, let latent = (inputs.first as? ForeseenLatent)?.model, model != latent.path
    else { return nil }
    let sha256 = try InputFile(model).sha256()
    guard sha256 == latent.sha256 else {
      throw Diagnostic(
        .otherModel, field: "model",
        expected: "the model that encodes the latent, \(latent.path) (SHA-256 \(latent.sha256))",
        found: "\(model) (SHA-256 \(sha256))",
        remedy: "leave `model` out of decode, or name the same model in encode and decode")
    }
    return nil
  }

  /// The memory of the latent's model, the mask, and the probabilities of some of its slices.
  public func demand(for inputs: [Extent]) -> Demand {
    Demand(
      peakBytes: inputs[0].decodingBytes + Frame.restorationBytes(voxels: inputs[0].voxels),
      output: inputs[0].grid(bytesPerVoxel: 1),
      cores: Cores(latentOf: inputs[0]))
  }

  /// The decoded skull on the grid of the scan; empty if there was no bone to encode.
  ///
  /// - Throws: what the device throws.
  public func run(_ input: Inputs<Latent>, in context: StageContext) throws -> Mask {
    try input.values.decoded(
      level: Float(level), threads: context.cores, checkCancellation: context.checkCancellation)
  }
}
