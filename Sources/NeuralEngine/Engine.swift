public import Errors

/// A device that trains and evaluates variational autoencoders.
///
/// This is all that the layers above know about a device: networks in, numbers out. Another device
/// is another type that conforms, and a line in ``Engines/standard``.
///
/// *Threads*: any thread may make a network, and any thread may call it, one at a time; nothing is
/// kept per calling thread. So stages of several cases run side by side on the scheduler's workers.
/// An engine that keeps state per caller, as OpenMP does with its teams of threads, needs a
/// `FixedThread` as the lane of its stages (see `Lane` in `Dataflow`).
public protocol Engine: Sendable {
  /// The engine's name and device, such as `cpu avx2`, for accounts.
  var name: String { get }

  /// A network for training, its parameters all zero until they are set.
  ///
  /// - Parameter minibatch: samples a step, at most; a smaller last minibatch is allowed.
  /// - Parameter decoderOnly: no encoder is made, and ``TrainableNetwork/step(_:_:)`` takes latents.
  /// - Parameter parallelism: with whom it learns; nil: alone.
  /// - Throws: `Diagnostic` where the architecture cannot be built or trained.
  func trainableNetwork(
    _ architecture: Architecture, minibatch: Int, decoderOnly: Bool, threads: Int,
    parallelism: DataParallelism?
  ) throws(Diagnostic) -> any TrainableNetwork

  /// Parameters made ready for inference once, for any number of networks.
  ///
  /// - Parameters:
  ///   - parameters: all tensors of ``Architecture/parameterShapes(decoderOnly:)``.
  ///   - threads: how many may work on it.
  /// - Throws: ``Diagnostic`` where the architecture cannot be built, or a tensor is missing or of
  ///   another shape.
  func inferenceWeights(
    _ architecture: Architecture, parameters: [Parameter], threads: Int
  ) throws(Diagnostic) -> any InferenceWeights

  /// A decoder whose losses can be followed back to its latent.
  ///
  /// - Parameter parameters: all tensors of ``Architecture/parameterShapes(decoderOnly:)``.
  /// - Throws: ``Diagnostic`` where the device cannot do it, the head is not logits, or a tensor is missing.
  func decoderGradients(
    _ architecture: Architecture, parameters: [Parameter], threads: Int
  ) throws(Diagnostic) -> any DecoderGradients

  /// Bytes that ``inferenceWeights(_:parameters:threads:)`` takes; `Int.max` where none can be made.
  func inferenceWeightBytes(_ architecture: Architecture) -> Int

  /// Bytes that a network for inference takes with its weights; `Int.max` where none can be built.
  func inferenceBytes(_ architecture: Architecture, minibatch: Int) -> Int

  /// Bytes that a network for training takes, optimizer state included; `Int.max` where none can be
  /// built.
  func trainingBytes(_ architecture: Architecture, minibatch: Int, decoderOnly: Bool) -> Int
}

extension Engine {
  /// A network that learns alone.
  public func trainableNetwork(
    _ architecture: Architecture, minibatch: Int, decoderOnly: Bool, threads: Int
  ) throws(Diagnostic) -> any TrainableNetwork {
    try trainableNetwork(
      architecture, minibatch: minibatch, decoderOnly: decoderOnly, threads: threads,
      parallelism: nil)
  }

  /// A device that follows nothing back.
  ///
  /// - Throws: ``Diagnostic`` that says so.
  public func decoderGradients(
    _ architecture: Architecture, parameters: [Parameter], threads: Int
  ) throws(Diagnostic) -> any DecoderGradients {
    throw Diagnostic(
      .badArchitecture, field: "device", expected: "one that searches latents", found: name,
      remedy: "leave `fit` out, or use the device cpu")
  }

  /// A network for inference with weights of its own.
  ///
  /// - Throws: as ``inferenceWeights(_:parameters:threads:)`` and
  ///   ``InferenceWeights/network(minibatch:threads:)``.
  public func inferenceNetwork(
    _ architecture: Architecture, parameters: [Parameter], minibatch: Int, threads: Int
  ) throws(Diagnostic) -> any InferenceNetwork {
    try inferenceWeights(architecture, parameters: parameters, threads: threads)
      .network(minibatch: minibatch, threads: threads)
  }
}

/// A named tensor of a network, in the layout of the reference network.
public struct Parameter: Hashable, Sendable {
  /// The name in the reference network, such as `encode.encode_0.conv.weight`.
  public let name: String
  /// The shape in the reference network, slowest axis first; empty for a scalar.
  public let shape: [Int]
  /// The values, the last axis fastest.
  public var values: [Float]

  /// A tensor.
  ///
  /// - Precondition: as many values as the shape says.
  public init(name: String, shape: [Int], values: [Float]) {
    precondition(values.count == shape.reduce(1, *), "\(name): values and shape differ")
    self.name = name
    self.shape = shape
    self.values = values
  }
}

public struct StepSettings: Hashable, Sendable {
  /// The weight of the Kullback-Leibler divergence.
  public var beta: Float = 0.0001
  /// The weight of the Dice loss.
  public var diceWeight: Float = 80
  /// Where a dimension's divergence (mean over the minibatch) is below this many nats, it has no
  /// gradient; 0: off.
  public var freeBits: Float = 0
  /// The step length of Adam.
  public var rate: Float = 0.0001
  /// Adam's decay rates of the first and second moment.
  public var moments: SIMD2<Double> = [0.9, 0.999]
  /// Adam's ε, which is added to the root of the second moment.
  public var epsilon: Float = 1e-8
  /// Decoupled weight decay (AdamW); 0: Adam.
  public var weightDecay: Float = 0
  /// Gradients are scaled down to this norm; 0: off.
  public var clipNorm: Float = 0

  /// The settings of Li et al. 2022.
  public init() {}
}

/// One minibatch for training: the input and the target. Of several ranks each has its own samples, or none.
///
/// *Shape*: `input` and `target` are (sample, x, y, z), z fastest, one bit a voxel, the lowest bit of
/// a byte first, every sample beginning at a byte. `noise` (or `latents`, for a decoder alone) is
/// (sample, dimension).
public struct Minibatch: Sendable {
  /// The number of samples, at most the minibatch size of the network.
  public var count: Int
  /// The masks to encode; empty for a decoder alone.
  public var input: [UInt8]
  /// The masks that decoding should give; for an autoencoder the same as `input`.
  public var target: [UInt8]
  /// Standard normal noise of the reparameterization; for a decoder alone, the latents.
  public var noise: [Float]

  /// A minibatch; the arrays are laid out as above.
  public init(count: Int, input: [UInt8], target: [UInt8], noise: [Float]) {
    self.count = count
    self.input = input
    self.target = target
    self.noise = noise
  }
}

/// The losses of a step, measured before it changed the weights. Of several ranks the sums are of all,
/// the arrays of this one's own samples.
public struct StepLosses: Hashable, Sendable {
  /// The weighted Dice loss, summed over minibatch and channels (0 … diceWeight · 2 · count).
  public var dice: Double = 0
  /// The Kullback-Leibler divergence in nats, summed over minibatch and dimensions.
  public var divergence: Double = 0
  /// The norm of all gradients, before clipping.
  public var gradientNorm: Double = 0
  /// Posterior means of the minibatch, (sample, dimension); empty for a decoder alone.
  public var mean: [Float] = []
  /// Log variances of the minibatch, (sample, dimension); empty for a decoder alone.
  public var logVariance: [Float] = []
  /// The foreground's Dice of each sample, argmax against target.
  public var foregroundDice: [Double] = []

  /// All losses 0, all arrays empty: before the first step.
  public init() {}
  /// Resets everything, but keeps the capacity of the arrays.
  mutating func clear() {
    (dice, divergence, gradientNorm) = (0, 0, 0)
    mean.removeAll(keepingCapacity: true)
    logVariance.removeAll(keepingCapacity: true)
    foregroundDice.removeAll(keepingCapacity: true)
  }
  /// Whether loss and gradients are numbers; where false the weights were not changed.
  public var isFinite: Bool { dice.isFinite && divergence.isFinite && gradientNorm.isFinite }
}

/// A network that learns. Not safe to share between threads; any one thread at a time may call it.
public protocol TrainableNetwork: AnyObject {
  /// The network's parameters and running statistics.
  ///
  /// Setting throws `Diagnostic` where a tensor is missing or of another shape; tensors that the
  /// network does not have are an error too.
  func parameters() -> [Parameter]
  /// Sets all parameters and running statistics.
  func setParameters(_ parameters: [Parameter]) throws(Diagnostic)
  /// Adam's moments, named as the parameters with `.m` and `.v` appended.
  func optimizerState() -> [Parameter]
  /// Sets Adam's moments and the number of steps done.
  func setOptimizerState(_ state: [Parameter], steps: Int) throws(Diagnostic)
  /// Steps that Adam has done.
  var steps: Int { get }
  /// Gradients of the last step, for tests.
  func gradients() -> [Parameter]
  /// Forward, backward, update. Where the losses are not finite, nothing is updated.
  ///
  /// - Parameter losses: what the step measured; the room of its arrays is used again, so that who keeps
  ///   it from step to step has no memory taken.
  func step(_ minibatch: Minibatch, _ settings: StepSettings, into losses: inout StepLosses)
}

extension TrainableNetwork {
  /// One step, its losses in memory of their own.
  public func step(_ minibatch: Minibatch, _ settings: StepSettings) -> StepLosses {
    var losses = StepLosses()
    step(minibatch, settings, into: &losses)
    return losses
  }
}

/// A model's parameters on a device, ready for inference; safe to share between threads.
public protocol InferenceWeights: Sendable {
  /// A network that reads these weights; what it writes to is its own.
  ///
  /// - Parameters:
  ///   - minibatch: samples at once, at most.
  ///   - threads: how many it may keep busy.
  /// - Throws: ``Diagnostic`` where the minibatch or its memory is out of range.
  func network(minibatch: Int, threads: Int) throws(Diagnostic) -> any InferenceNetwork
}

/// A network that is only evaluated. Not safe to share between threads; any one at a time may call.
public protocol InferenceNetwork: AnyObject {
  /// Posterior means and log variances of masks.
  ///
  /// *Shape*: `masks` (sample, x, y, z) as in ``Minibatch``; results (sample, dimension).
  func encode(_ masks: [UInt8], count: Int) -> (mean: [Float], logVariance: [Float])
  /// Probabilities of the foreground, [0, 1].
  ///
  /// *Shape*: `latents` (sample, dimension); the result (sample, x, y, z), z fastest.
  func decode(_ latents: [Float], count: Int) -> [Float]
}
