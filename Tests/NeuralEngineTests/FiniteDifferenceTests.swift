import TestSupport
import Testing

@testable import NeuralEngine

/// Gradients against differences of the loss: every kind of block, stride and activation.
@Suite struct FiniteDifferenceTests {
  static let architectures: [(Architecture, decoderOnly: Bool)] = [
    (Architecture(inputShape: [8, 4, 4], channels: [3, 5], latentSize: 3), false),
    (
      Architecture(
        inputShape: [4, 8, 4], channels: [4, 6, 5], strides: [2, 1, 2], latentSize: 2,
        normalization: .instance, activation: .leakyReLU(slope: 0.2)), false
    ),
    (
      Architecture(
        inputShape: [4, 4, 4], channels: [20, 4], strides: [1, 2], latentSize: 3,
        normalization: .none, activation: .prelu), false
    ),
    (
      Architecture(
        inputShape: [4, 4, 8], channels: [4, 18], latentSize: 4, normalization: .batch,
        activation: .leakyReLU(slope: 0.1)), true
    ),
    (Architecture(inputShape: [8, 8, 8], channels: [4, 1, 6], latentSize: 2), false),
  ]

  @Test(arguments: architectures.indices) func gradients(_ index: Int) throws {
    let (architecture, decoderOnly) = Self.architectures[index]
    let samples = 2
    let engine = CPUEngine()
    var generator = SplitMix(state: 7)
    let start = architecture.parameterShapes(decoderOnly: decoderOnly).map { name, shape in
      Parameter(
        name: name, shape: shape,
        values: (0..<shape.reduce(1, *)).map { _ in
          name.hasSuffix("var") || name.hasSuffix("N.weight")
            ? 1 + 0.2 * uniform(&generator)
            : name.hasSuffix("A.weight") ? 0.25 : 0.4 * uniform(&generator)
        })
    }
    let masks = (0..<samples * ((architecture.voxels + 7) / 8)).map { _ in
      UInt8(truncatingIfNeeded: Int((uniform(&generator) + 1) * 127))
    }
    let noise = (0..<samples * architecture.latentSize).map { _ in
      uniform(&generator)
    }
    let minibatch = Minibatch(
      count: samples, input: decoderOnly ? [] : masks, target: masks, noise: noise)
    var settings = StepSettings()
    settings.beta = 0.5
    settings.rate = 0
    func total(_ parameters: [Parameter]) throws -> Double {
      let network = try engine.trainableNetwork(
        architecture, minibatch: samples, decoderOnly: decoderOnly, threads: 1)
      try network.setParameters(parameters)
      let losses = network.step(minibatch, settings)
      return losses.dice + Double(settings.beta) * losses.divergence
    }
    let network = try engine.trainableNetwork(
      architecture, minibatch: samples, decoderOnly: decoderOnly, threads: 1)
    try network.setParameters(start)
    _ = network.step(minibatch, settings)
    for gradient in network.gradients() {
      // The whole tensor at once, along a random direction: one difference checks every entry.
      let direction = gradient.values.map { _ in uniform(&generator) }
      let analytic = zip(direction, gradient.values).reduce(0.0) { $0 + Double($1.0 * $1.1) }
      // Small, so that few activations pass their kink on the way.
      let step: Float = 2e-4
      func moved(_ sign: Float) -> [Parameter] {
        start.map { parameter in
          guard parameter.name == gradient.name else { return parameter }
          var copy = parameter
          for i in direction.indices { copy.values[i] += sign * step * direction[i] }
          return copy
        }
      }
      let numeric = try (total(moved(1)) - total(moved(-1))) / Double(2 * step)
      // The loss is known to some 1e-5 only, so small derivatives are held to 0.06.
      let scale = max(abs(numeric), abs(analytic), 3)
      #expect(abs(numeric - analytic) / scale < 0.02, "\(gradient.name): \(analytic), \(numeric)")
    }
  }

  /// Uniform in −1 to 1.
  private func uniform(_ numbers: inout SplitMix) -> Float {
    Float(numbers.next() >> 40) / Float(1 << 23) - 1
  }
}
