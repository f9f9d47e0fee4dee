public import Errors
public import NeuralEngine
public import Volumes

/// A model that turns a shape into a short vector and back: mask → posterior, latent → probabilities.
///
/// A model is added by a type that conforms and a `LatentModelReader` in the list of
/// `LatentModels`. The stages `encode`, `shift` and `decode` know no model by name.
public protocol LatentShapeModel: Sendable {
  /// The name that accounts and model files use, such as `beta-vae`.
  static var identifier: String { get }
  /// Voxels along x, y, z of the model's input.
  var inputShape: GridSize { get }
  /// The number of dimensions of a latent.
  var latentSize: Int { get }
  /// How a latent is taken from a posterior by default.
  var latentMode: LatentMode { get }
  /// The classes that the model knows, such as `complete`, `cranial`, `facial`.
  var classes: [LatentClass] { get }

  /// What the model's file does not say and was assumed, one sentence each, for warnings.
  var assumptions: [String] { get }

  /// Bytes that a session takes.
  func sessionBytes(minibatch: Int) -> Int

  /// The model, ready to encode and decode.
  ///
  /// - Parameters:
  ///   - minibatch: the largest number of shapes at a time.
  ///   - threads: how many threads it may keep busy; the result is the same at any number.
  /// - Throws: where the device cannot build it.
  func session(minibatch: Int, threads: Int) throws -> any LatentSession

  /// The decoder for searching latents, see ``LatentFit``.
  ///
  /// - Throws: where the model or its device cannot do it.
  func decoderGradients(threads: Int) throws -> any DecoderGradients

  /// Bytes that ``decoderGradients(threads:)`` takes.
  var gradientBytes: Int { get }
}

/// A ``LatentShapeModel`` at work. Not safe to share between threads.
public protocol LatentSession: AnyObject {
  /// The posteriors of masks in the model's frame.
  ///
  /// - Precondition: the masks have the model's input shape.
  func encode(_ masks: [Mask]) throws -> [Posterior]

  /// Probabilities of bone, [0, 1], for one latent after the other.
  ///
  /// - Parameters:
  ///   - latents: vectors of the model's latent size.
  ///   - grid: the geometry of the results; its sizes are the model's input shape.
  func decode(_ latents: [[Float]], on grid: Geometry) throws -> [Volume<Float>]
}

extension LatentShapeModel {
  /// A model that cannot.
  ///
  /// - Throws: ``Diagnostic`` that says so.
  public func decoderGradients(threads: Int) throws -> any DecoderGradients {
    throw Diagnostic(
      .notInModel, field: "model", expected: "one whose latents can be searched",
      found: Self.identifier, remedy: "leave `fit` out")
  }

  public var gradientBytes: Int { 0 }

  /// None: the file says everything.
  public var assumptions: [String] { [] }

  /// A class by its name.
  ///
  /// - Throws: ``Diagnostic`` that lists the classes.
  public func latentClass(_ name: String) throws(Diagnostic) -> LatentClass {
    try classes.named(name, of: "model", ifNone: "store them with `calvaria latent classes`")
  }

  /// DEV: the vector from one class's centroid to another's, such as from `cranial` to `complete`.
  ///
  /// - Throws: ``Diagnostic`` where the model does not know a class.
  public func deviation(from: String, to: String = "complete") throws(Diagnostic) -> [Float] {
    LatentClass.deviation(
      from: try latentClass(from).centroid, to: try latentClass(to).centroid)
  }

  public var inputVoxels: Int { inputShape.count }
}

/// The posterior of one shape: a normal distribution over latents with independent dimensions.
public struct Posterior: Hashable, Sendable {
  /// μ, one number per dimension.
  public var mean: [Float]
  /// log σ² (natural logarithm), one number per dimension.
  public var logVariance: [Float]

  /// A posterior.
  ///
  /// - Precondition: as many means as variances.
  public init(mean: [Float], logVariance: [Float]) {
    precondition(mean.count == logVariance.count, "means and variances differ in number")
    (self.mean, self.logVariance) = (mean, logVariance)
  }

  /// σ, one number a dimension.
  public var sigma: [Float] { logVariance.map { standardDeviation(ofLogVariance: $0) } }

  /// The latent that stands for the shape.
  ///
  /// - Parameters:
  ///   - seed: what the noise of ``LatentMode/sample`` depends on; the other modes have none.
  ///   - shape: what tells shapes apart that share the seed, see ``LatentNoise/key(of:)``.
  public func latent(_ mode: LatentMode, seed: UInt64 = 0, shape: UInt64 = 0) -> [Float] {
    let noise =
      mode == .sample
      ? RandomNumbers(seed: seed, .noise, shape).normal(count: mean.count)
      : [Float](repeating: 0, count: mean.count)
    return mean.indices.map {
      mode.latent(mean: mean[$0], logVariance: logVariance[$0], noise: noise[$0])
    }
  }
}

/// What noise depends on beside its seed.
public enum LatentNoise {
  /// A number that differs between shapes: noise depends on the seed and the shape alone, not on the
  /// place of the shape among others.
  ///
  /// - Complexity: O(voxels).
  public static func key(of mask: Mask) -> UInt64 {
    PackedMasks.pack(mask).reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// Latents drawn from the prior: z ~ N(0, I), each by its number alone.
  public static func prior(latentSize: Int, seed: UInt64, number: Int) -> [Float] {
    RandomNumbers(seed: seed, .sampling, UInt64(bitPattern: Int64(number)))
      .normal(count: latentSize)
  }
}
