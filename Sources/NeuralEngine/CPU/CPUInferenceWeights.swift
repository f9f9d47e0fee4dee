import Errors
import CNeuralKernels

/// A model's parameters as inference on the processor reads them: folded, and packed for the loops.
///
/// Unchecked: nothing is written after `init`, so that any number of networks read it at once.
final class CPUInferenceWeights: InferenceWeights, @unchecked Sendable {
  let architecture: Architecture
  let kernels: UnsafePointer<cn_kernels>
  let layout: ParameterLayout
  /// All tensors; the convolutions' weights folded.
  let arena: AlignedBuffer
  /// The finest level first.
  let encoder: [FoldedBlock]
  /// The coarsest level first; without the head.
  let decoder: [FoldedBlock]
  let head: FoldedHead
  /// Factors of 1 for a block of channels, whose true ones are in the weights.
  let ones = AlignedBuffer(16)

  /// - Precondition: the architecture can be built.
  init(
    _ architecture: Architecture, parameters: [Parameter], kernels: UnsafePointer<cn_kernels>,
    threads: Int
  ) throws(Diagnostic) {
    (self.architecture, self.kernels) = (architecture, kernels)
    let layout = ParameterLayout(architecture, decoderOnly: false)
    let arena = AlignedBuffer(layout.count)
    (self.layout, self.arena) = (layout, arena)
    try layout.set(parameters, into: arena.pointer)
    let tensors = InferenceTensors(architecture, parameters)
    let team = Team(threads: threads)
    encoder = architecture.channels.indices.map {
      FoldedBlock(encoder: $0, of: architecture, tensors, layout, arena)
    }
    decoder = architecture.channels.indices.dropFirst().reversed().map {
      FoldedBlock(decoder: $0, of: architecture, tensors, layout, arena, team)
    }
    head = FoldedHead(of: architecture, tensors, layout, arena)
    ones.pointer.update(repeating: 1, count: 16)
  }

  func network(minibatch: Int, threads: Int) throws(Diagnostic) -> any InferenceNetwork {
    guard (1...1024).contains(minibatch) else {
      throw Diagnostic(.configuration, field: "batch", expected: "1 to 1024", found: "\(minibatch)")
    }
    try CPUEngine.requireMemory(
      CPUInferenceNetwork.bytes(architecture, minibatch: minibatch))
    return CPUInferenceNetwork(self, minibatch: minibatch, threads: threads)
  }

  /// Bytes of the arena, and of the weights packed for going up.
  static func bytes(_ architecture: Architecture) -> Int {
    2 * ParameterLayout(architecture, decoderOnly: false).count * 4
  }
}
