import CNeuralKernels
public import Errors
import Glibc

/// The processor as an engine: direct convolutions on blocked channels, for AVX-512, AVX2 or any.
///
/// The same numbers come out at any number of threads, to the last bit; between instruction sets
/// they differ by rounding.
public struct CPUEngine: Engine {
  /// What the registry of engines knows of it.
  public static let declaration = EngineDeclaration(
    name: "cpu", summary: "the processor, with the best instruction set that it has"
  ) { () throws(Diagnostic) in CPUEngine() }

  /// An instruction set that the loops are compiled for.
  public enum InstructionSet: String, Hashable, Sendable, CaseIterable {
    /// 16 floats at a time.
    case avx512
    /// 8 floats at a time.
    case avx2
    /// What every processor of the architecture has.
    case baseline
  }

  // Unchecked only by the compiler's rule for pointers: a table of functions that never changes.
  nonisolated(unsafe) let kernels: UnsafePointer<cn_kernels>

  /// The best engine that this machine runs.
  public init() { kernels = cn_kernels_best() }

  /// An engine of a given instruction set; nil where this machine lacks it.
  public init?(_ instructionSet: InstructionSet) {
    guard let kernels = cn_kernels_named(instructionSet.rawValue) else { return nil }
    self.kernels = kernels
  }

  /// `cpu` and the instruction set.
  public var name: String { "cpu " + String(cString: kernels.pointee.name) }

  /// A network for training.
  ///
  /// - Throws: `Diagnostic` where the architecture cannot be built, or has a head that is for
  ///   inference only.
  public func trainableNetwork(
    _ architecture: Architecture, minibatch: Int, decoderOnly: Bool, threads: Int,
    parallelism: DataParallelism?
  ) throws(Diagnostic) -> any TrainableNetwork {
    try architecture.validate()
    guard architecture.head == .logits else {
      throw Diagnostic(
        .badArchitecture, field: "head", expected: "logits (the others are for inference)",
        found: architecture.head.rawValue, remedy: "train with logits")
    }
    guard (1...1024).contains(minibatch) else {
      throw Diagnostic(
        .configuration, field: "batch", expected: "1 to 1024", found: "\(minibatch)",
        remedy: "choose a minibatch in this range")
    }
    try Self.requireMemory(
      trainingBytes(architecture, minibatch: minibatch, decoderOnly: decoderOnly))
    return CPUTrainableNetwork(
      architecture, minibatch: minibatch, decoderOnly: decoderOnly, kernels: kernels,
      threads: threads, parallelism: parallelism)
  }

  /// Parameters for inference, folded and packed.
  public func inferenceWeights(
    _ architecture: Architecture, parameters: [Parameter], threads: Int
  ) throws(Diagnostic) -> any InferenceWeights {
    try architecture.validate()
    try Self.requireMemory(inferenceWeightBytes(architecture))
    return try CPUInferenceWeights(
      architecture, parameters: parameters, kernels: kernels, threads: threads)
  }

  /// A decoder for searching latents.
  ///
  /// - Throws: `Diagnostic` where the architecture cannot be built, or has a head that is for inference only.
  public func decoderGradients(
    _ architecture: Architecture, parameters: [Parameter], threads: Int
  ) throws(Diagnostic) -> any DecoderGradients {
    try architecture.validate()
    guard architecture.head == .logits else {
      throw Diagnostic(
        .badArchitecture, field: "head", expected: "logits (the others only decode)",
        found: architecture.head.rawValue, remedy: "leave `fit` out")
    }
    try Self.requireMemory(trainingBytes(architecture, minibatch: 1, decoderOnly: true))
    return try CPUDecoderGradients(
      architecture, parameters: parameters, kernels: kernels, threads: threads)
  }

  /// Asks the system for as much as a network will take, and gives it back: buffers are made in many
  /// places that cannot throw.
  static func requireMemory(_ bytes: Int) throws(Diagnostic) {
    // Not malloc, which the optimizer takes out where nothing uses the memory.
    let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard memory != MAP_FAILED else {
      throw Diagnostic(
        .memory, field: "memory", expected: "\(bytes / 1_000_000 + 1) MB for the network",
        found: "no such memory on this machine",
        remedy: "choose a smaller minibatch or network, or use a machine with more memory")
    }
    munmap(memory, bytes)
  }

  /// Whether there are bytes to count: within these bounds no product comes near 2⁶³.
  private func canBuild(_ architecture: Architecture, minibatch: Int) -> Bool {
    (1...1024).contains(minibatch) && (try? architecture.validate()) != nil
  }

  /// Bytes that parameters for inference take: all tensors, and the decoder's packed once more.
  public func inferenceWeightBytes(_ architecture: Architecture) -> Int {
    canBuild(architecture, minibatch: 1) ? CPUInferenceWeights.bytes(architecture) : .max
  }

  /// Bytes that a network for inference takes, the parameters included; `Int.max` where none can be
  /// built.
  public func inferenceBytes(_ architecture: Architecture, minibatch: Int) -> Int {
    guard canBuild(architecture, minibatch: minibatch) else { return .max }
    return CPUInferenceNetwork.bytes(architecture, minibatch: minibatch)
      + CPUInferenceWeights.bytes(architecture)
  }

  /// Bytes that a network for training takes: every buffer that it makes; `Int.max` where none can be
  /// built.
  public func trainingBytes(_ architecture: Architecture, minibatch: Int, decoderOnly: Bool) -> Int
  {
    guard canBuild(architecture, minibatch: minibatch) else { return .max }
    let channels = architecture.channels
    let outputs = channels.indices.map { architecture.blockedCount(ofLevel: $0) * 4 }
    let parameters = ParameterLayout(architecture, decoderOnly: decoderOnly).count
    // Weights, gradients, two moments.
    var bytes = 4 * parameters * 4
    func addBlock(outputOf level: Int) {
      bytes += minibatch * outputs[level]
      bytes += NormalizedActivation.bytes(
        architecture.normalization, channels: channels[level], samples: minibatch)
    }
    let edge = SingleChannelLink.bytes(coarseChannels: channels[0], samples: minibatch)
    for level in channels.indices {
      let link =
        level == 0
        ? edge
        : StridedLink.bytes(fineChannels: channels[level - 1], coarseChannels: channels[level])
      if !decoderOnly {
        addBlock(outputOf: level)
        bytes += link
      }
      if level > 0 {
        addBlock(outputOf: level - 1)
        bytes += link
      }
    }
    bytes += edge + 2 * SingleChannelLink.weightCount(coarseChannels: channels[0]) * 4
    let grid = cn_grid(architecture.inputShape)
    bytes += minibatch * (decoderOnly ? 2 : 3) * grid.haloed * 4
    bytes += 2 * minibatch * (outputs.max() ?? 0)
    if !decoderOnly { bytes += minibatch * (outputs.last ?? 0) }
    bytes += LatentLayer.bytes(
      size: architecture.latentSize, features: (outputs.last ?? 0) / 4, minibatch: minibatch,
      parameters: parameters)
    return bytes + DiceLoss.bytes(grid, samples: minibatch)
  }
}
