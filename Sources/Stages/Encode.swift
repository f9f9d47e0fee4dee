import Recognition
public import BetaVAE
public import Completion
public import Skulls
import Errors
public import Dataflow
public import NeuralEngine
public import Volumes

/// Encodes a skull into a latent.
public struct Encode: DeclaredStage {
  public static let kind = "encode"
  public static let summary = "Encodes a skull into the latent of a model."
  public static let parameters: [ParameterDeclaration] = [
    ModelParameter.declaration,
    .init(
      "framing", .choice(FramingRule.allCases.map(\.rawValue)),
      standard: .text(FramingRule.fieldOfView.rawValue),
      "`pose`: a box in the head's own frame, found in the bone; `fov`: a box about the vault, along "
        + "LPS; `resize`: the whole grid, as in the paper"),
    .init(
      "closing", .number(0...20), standard: .number(Frame.closing),
      "mm; marrow and air cells of up to twice this are filled in what the network sees (not with resize)"
    ),
    .init(
      optional: "latentMode", .choice(LatentMode.allCases.map(\.rawValue)),
      "the latent that is taken from the posterior: mean, sample or meanPlusSigma; "
        + "by default what the model says"),
    .init(
      "seed", .integer(0...Int.max), standard: .integer(0),
      "seed of the noise for the mode `sample`; the noise depends on the skull too"),
    .init(
      optional: "device", .text,
      "what the network runs on, here and in `decode`; by default the processor, cpu"),
  ]

  public var model: LatentModelReference
  /// How the scan is placed in the network's field of view.
  public var framing: FramingRule
  /// The radius in mm by which the bone that the network sees is closed.
  public var closing: Double
  /// Which latent is taken from the posterior; nil: as the model says.
  public var latentMode: LatentMode?
  public var seed: UInt64

  public init(
    model: LatentModelReference, framing: FramingRule = .fieldOfView,
    closing: Double = Frame.closing, latentMode: LatentMode? = nil, seed: UInt64 = 0
  ) {
    (self.model, self.framing, self.closing) = (model, framing, closing)
    (self.latentMode, self.seed) = (latentMode, seed)
  }

  public init(_ parameters: Parameters) throws { try self.init(parameters, on: .standard) }

  /// The stage with checked parameters, its network on one of these devices.
  ///
  /// - Throws: `Diagnostic` if the path is not that of a model file, or there is no such device.
  public init(_ parameters: Parameters, on engines: Engines) throws {
    self.init(
      model: try ModelParameter.reference(parameters, on: engines),
      framing: FramingRule(rawValue: parameters.text("framing"))!,
      closing: parameters.number("closing"),
      latentMode: parameters.optionalText("latentMode").flatMap(LatentMode.init),
      seed: UInt64(parameters.integer("seed")))
  }

  /// Reads the model.
  ///
  /// - Throws: `Diagnostic` if the file is missing or not a model.
  public func prepare() throws -> [Note] { [try model.load().record.note] }

  /// The digest of the model file.
  public func digests() throws -> [String: String] { ["model": try model.load().sha256] }

  /// The model, which later stages must agree with.
  public func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)? {
    ForeseenLatent(model: try model.load())
  }

  /// The network; the mask in its frame.
  ///
  /// - Throws: what is wrong with the model.
  public func demand(for inputs: [Extent]) throws -> Demand {
    let loaded = try model.load().model
    let bytes =
      loaded.sessionBytes(minibatch: 1) + loaded.inputVoxels + 1 << 20
      + Frame.closingBytes(shape: loaded.inputShape, closing: closing, rule: framing)
    // On a rotated grid each voxel is looked at, which takes no memory; a byte per 64 voxels covers what
    // is needed per row.
    let latent = Extent(
      voxels: inputs[0].voxels, bytesPerVoxel: 1, cubicMillimetres: inputs[0].cubicMillimetres,
      bytes: Latent.byteCount(dimensions: loaded.latentSize),
      decodingBytes: loaded.decodingBytes)
    return Demand(
      peakBytes: bytes + inputs[0].voxels / 64, output: latent,
      cores: Cores(most: LatentModelCores.most(of: loaded, voxels: inputs[0].voxels)))
  }

  /// The latent. Notes say how wide the posterior is, warnings what is odd about the framing. A mask
  /// without bone gives an empty latent and a warning.
  ///
  /// - Throws: `Diagnostic` if there is no head in the mask; what the device throws.
  public func run(_ input: Inputs<Mask>, in context: StageContext) throws -> Latent {
    let loaded = try model.load()
    guard !input.values.isEmpty else {
      context.warn("the skull is empty: there is nothing to encode")
      return Latent(
        ofNothingOn: input.values.geometry, mode: latentMode, model: loaded.model)
    }
    for objection in try HeadPlausibility.objections(
      to: input.values, checksProportions: true, threads: context.cores)
    {
      context.warn(objection)
    }
    let (latent, posterior, warnings) = try loaded.model.encode(
      input.values, rule: framing, closing: closing, mode: latentMode, seed: seed,
      threads: context.cores)
    for warning in loaded.model.assumptions + warnings { context.warn(warning) }
    let box = latent.frame.grid
    context.note("latentMode", .text(latent.mode.rawValue))
    context.note("model", .text(loaded.sha256))
    // A longer vector would make the record hard to read.
    if latent.vector.count <= 4096 {
      context.note("latent", .numbers(latent.vector.map(Double.init)))
    }
    context.note("meanSigma", .number(posterior.sigma.map(Double.init).mean))
    context.note("frameSpacing", .numbers((0..<3).map { box.spacing[$0] }))
    let origin = box.lpsFromIndex.translation
    context.note("frameOriginLPS", .numbers((0..<3).map { origin[$0] }))
    return latent
  }
}

extension [Double] {
  /// The mean; 0 if empty.
  fileprivate var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
