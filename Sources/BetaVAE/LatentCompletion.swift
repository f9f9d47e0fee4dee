public import Completion
public import Skulls
import Errors
import NeuralEngine
internal import VoxelOps
public import Volumes

/// Completes a skull by moving its latent from the class of defective skulls to that of complete ones.
///
/// encode → z + γ · DEV → decode onto the grid of the scan; what the model lacks of the bone that is
/// there is put back. What it adds beside the hole is for `clean` to take away.
///
/// *Source*: Li et al. 2022.
public struct LatentCompletion: CompletionModel {
  /// The name in accounts: `latent`. Pipeline files name the model file instead.
  public static let identifier = "latent"

  /// The readers of model files in the registry.
  public static let reader = CompletionModelReader(
    identifier: identifier, isChosenByName: false,
    summary: "a model file: encode, shift by DEV of cranial defects, decode",
    recognizes: LatentModelReference.recognizes,
    readOnDevice: { path, device in
      LatentCompletion(LatentModelReference.at(path, on: device ?? Engines.standard.first))
    })

  /// The model file, which is read when it is first needed.
  public let reference: LatentModelReference
  /// The class that the skull belongs to.
  public var defect: String
  /// How far to go towards complete skulls: 0 not at all, 1 as far as the classes are apart.
  public var gamma: Double
  /// How the scan is placed in the network's field of view.
  public var framing = FramingRule.pose

  /// A completion by a model file.
  public init(_ reference: LatentModelReference, defect: String = "cranial", gamma: Double = 1) {
    (self.reference, self.defect, self.gamma) = (reference, defect, gamma)
  }

  /// Reads the model.
  ///
  /// - Throws: as ``LatentModelReference/load()``; ``Diagnostic`` where the model does not know
  ///   the class.
  public func prepare() throws -> [ModelFileRecord] {
    let loaded = try reference.load()
    _ = try loaded.model.deviation(from: defect)
    return [loaded.record]
  }

  /// The network, and the restoration on the grid of the scan.
  ///
  /// - Throws: as ``LatentModelReference/load()``.
  public func demand(voxels: Int, cubicMillimetres: Double) throws -> CompletionDemand {
    let model = try reference.load().model
    let closing = Frame.closingBytes(
      shape: model.inputShape, closing: Frame.closing, rule: framing)
    return CompletionDemand(
      peakBytes: model.sessionBytes(minibatch: 1)
        + max(closing, Frame.restorationBytes(voxels: voxels) + voxels),
      cores: LatentModelCores.most(of: model, voxels: voxels))
  }

  /// Completes a skull; an empty one comes back with a warning.
  ///
  /// *Scores*: `gamma`, and `shift`, the length of γ · DEV.
  /// - Throws: ``Diagnostic`` where the mask is no head; what the device throws.
  public func complete(_ defective: Mask, in context: CompletionContext) throws -> CompletedSkull {
    try context.advance(to: 0)
    guard !defective.isEmpty else {
      return CompletedSkull(
        mask: defective, warnings: ["the skull is empty: there is nothing to complete"])
    }
    let model = try reference.load().model
    let (latent, _, warnings) = try model.encode(
      defective, rule: framing, threads: context.threads)
    try context.advance(to: 0.3)
    let moved = try latent.shifted(from: defect, gamma: gamma)
    let decoded = try moved.decoded(
      threads: context.threads, checkCancellation: context.checkCancellation)
    try context.advance(to: 0.9)
    let mask = try decoded.union(defective, threads: context.threads)
    context.progress(1)
    let length = zip(moved.vector, latent.vector).map { Double($0 - $1) }
      .reduce(0) { $0 + $1 * $1 }.squareRoot()
    return CompletedSkull(
      mask: mask, scores: ["gamma": gamma, "shift": length],
      warnings: model.assumptions + warnings)
  }
}
