public import BetaVAE
public import Completion
import Skulls
import Errors
public import Dataflow
public import Volumes

/// Decodes a latent onto the grid of the scan that it came from.
public struct Decode: DeclaredStage {
  /// The stage's name in pipeline files.
  public static let kind = "decode"
  /// One line for help.
  public static let summary = "Decodes a latent onto the grid of its scan."
  /// What pipeline files may set.
  public static let parameters: [ParameterDeclaration] = [
    ModelParameter.declaration,
    .init(
      "level", .number(0.001...0.999), standard: .number(0.5),
      "the probability from which on a voxel is bone"),
  ]

  /// The model file.
  public var model: LatentModelReference
  /// The probability from which on a voxel is bone.
  public var level: Double

  /// A stage for a model.
  public init(model: LatentModelReference, level: Double = 0.5) {
    (self.model, self.level) = (model, level)
  }

  /// The stage with checked parameters.
  public init(_ parameters: Parameters) throws {
    self.init(model: try ModelParameter.reference(parameters), level: parameters.number("level"))
  }

  /// Reads the model.
  ///
  /// - Throws: `Diagnostic` where there is none, with what to do; what is wrong with it.
  public func prepare() throws -> [Note] { [try model.load().note] }

  /// The model file's bytes.
  public func digests() throws -> [String: String] { ["model": try model.load().sha256] }

  /// Whether the latents that come will be of the model's size.
  ///
  /// - Throws: ``StageError`` with both sizes where they are not.
  public func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)? {
    guard let latent = inputs.first as? ForeseenLatent else { return nil }
    let own = try model.load().model
    guard latent.model.latentSize == own.latentSize, latent.model.inputShape == own.inputShape
    else {
      func text(_ model: any LatentShapeModel) -> String {
        let shape = model.inputShape
        return "\(model.latentSize) dimensions of \(shape.x)x\(shape.y)x\(shape.z) voxels"
      }
      throw StageError(
        "model", expected: "one of the latents' \(text(latent.model))", found: text(own),
        remedy: "use one model to encode, shift and decode")
    }
    return nil
  }

  /// The network, its output, the mask, and the probabilities of some slices of it.
  public func demand(for inputs: [Extent]) -> Demand {
    let loaded = try? model.load().model
    let bytes = (loaded?.sessionBytes(batch: 1) ?? 0) + 8 * (loaded?.inputVoxels ?? 0)
    return Demand(
      peakBytes: bytes + Frame.restorationBytes(voxels: inputs[0].voxels),
      output: inputs[0].grid(bytesPerVoxel: 1),
      cores: Cores(most: LatentModelCores.most(of: loaded, voxels: inputs[0].voxels)))
  }

  /// The decoded skull, geometry and sizes those of the scan; empty where there was none to encode.
  ///
  /// - Throws: `Diagnostic` where the latent is of another size than the model's.
  public func run(_ input: Inputs<Latent>, in context: StageContext) throws -> Mask {
    try model.load().model.decode(
      input.values, level: Float(level), threads: context.cores,
      checkCancellation: context.checkCancellation)
  }
}
