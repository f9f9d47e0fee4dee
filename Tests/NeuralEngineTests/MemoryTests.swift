import CAllocations
import Testing

@testable import NeuralEngine

/// What a network for training takes: all of it when it is made, as its engine says, and nothing later.
@Suite(.serialized) struct MemoryTests {
  static let architectures: [(Architecture, minibatch: Int, decoderOnly: Bool)] = [
    (Architecture(inputShape: [16, 16, 8], channels: [4, 18], latentSize: 3), 3, false),
    (Architecture(inputShape: [16, 16, 16], channels: [8, 16, 32], latentSize: 40), 2, true),
    (
      Architecture(
        inputShape: [16, 16, 16], channels: [20, 40, 8], strides: [2, 1, 2], latentSize: 7,
        normalization: .instance, activation: .relu), 1, false
    ),
    (
      Architecture(
        inputShape: [32, 32, 16], channels: [3], latentSize: 64, normalization: .none,
        activation: .leakyReLU(slope: 0.1)), 4, false
    ),
  ]

  private func random(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }
  }

  @Test(.enabled(if: ca_counts_here()), arguments: architectures.indices)
  func anEngineKnowsWhatATrainingTakes(_ index: Int) throws {
    let (architecture, minibatch, decoderOnly) = Self.architectures[index]
    let engine = CPUEngine()
    let before = ca_now()
    let network = try engine.trainableNetwork(
      architecture, minibatch: minibatch, decoderOnly: decoderOnly, threads: 1)
    let taken = Int(ca_now().bytes - before.bytes)
    let told = engine.trainingBytes(architecture, minibatch: minibatch, decoderOnly: decoderOnly)
    // Names, descriptions of loops and the like are not counted.
    #expect(taken <= told + 100_000 && told <= taken * 3 / 2, "told \(told), taken \(taken)")
    withExtendedLifetime(network) {}
  }

  @Test(.enabled(if: ca_counts_here()), arguments: architectures.indices)
  func aStepTakesNoMemory(_ index: Int) throws {
    let (architecture, minibatch, decoderOnly) = Self.architectures[index]
    let network = try CPUEngine().trainableNetwork(
      architecture, minibatch: minibatch, decoderOnly: decoderOnly, threads: 1)
    let masks = random(minibatch * ((architecture.voxels + 7) / 8))
    let given = Minibatch(
      count: minibatch, input: decoderOnly ? [] : masks, target: masks,
      noise: random(minibatch * architecture.latentSize).map { Float($0) / 255 })
    var settings = StepSettings()
    settings.freeBits = 0.1
    settings.clipNorm = 1
    var losses = StepLosses()
    // The first steps make room in the losses, and the runtime's tables.
    for _ in 0..<2 { network.step(given, settings, into: &losses) }
    let before = ca_now()
    for _ in 0..<3 { network.step(given, settings, into: &losses) }
    let calls = ca_now().calls - before.calls
    #expect(calls == 0)
    #expect(losses.foregroundDice.count == minibatch && losses.isFinite)
  }

  @Test func whatCannotBeBuiltTakesMoreThanThereIs() {
    let engine = CPUEngine()
    for shape in [SIMD3(4096, 4096, 2048), SIMD3(repeating: .max), SIMD3(0, -1, 8)] {
      let huge = Architecture(
        inputShape: shape, channels: [100_000, .max], latentSize: .max)
      #expect(engine.trainingBytes(huge, minibatch: 100_000, decoderOnly: false) == .max)
      #expect(engine.inferenceBytes(huge, minibatch: .max) == .max)
    }
    // The largest that is allowed: a number, and no overflow on the way to it.
    let largest = Architecture(
      inputShape: SIMD3(repeating: 1024), channels: Array(repeating: 1024, count: 10),
      strides: Array(repeating: 1, count: 10), latentSize: 4096, normalization: .instance)
    let bytes = engine.trainingBytes(largest, minibatch: 1024, decoderOnly: false)
    #expect(bytes > 1 << 56 && bytes < .max)
    #expect(engine.inferenceBytes(largest, minibatch: 1024) > 1 << 54)
  }
}
