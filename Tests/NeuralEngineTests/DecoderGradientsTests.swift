import Errors
import TestSupport
import Testing

@testable import NeuralEngine

/// Losses followed back to a latent.
@Suite struct DecoderGradientsTests {
  static let architectures = [
    Architecture(inputShape: [8, 4, 4], channels: [3, 5], latentSize: 3),
    Architecture(
      inputShape: [4, 8, 4], channels: [4, 6, 5], strides: [2, 1, 2], latentSize: 2,
      normalization: .instance, activation: .leakyReLU(slope: 0.2)),
    Architecture(
      inputShape: [8, 8, 4], channels: [4, 18], latentSize: 4, normalization: .none),
  ]

  private func uniform(_ numbers: inout SplitMix) -> Float {
    Float(Int64(numbers.next() >> 40)) * 0x1p-23 - 1
  }

  private func parameters(of architecture: Architecture, _ generator: inout SplitMix) -> [Parameter]
  {
    architecture.parameterShapes().map { name, shape in
      Parameter(
        name: name, shape: shape,
        values: (0..<shape.reduce(1, *)).map { _ in
          name.hasSuffix("var") || name.hasSuffix("N.weight")
            ? 1.5 + 0.4 * uniform(&generator)
            : name.hasSuffix("A.weight") ? 0.25 : 0.4 * uniform(&generator)
        })
    }
  }

  @Test(arguments: architectures.indices) func followTheDecoderThatInferenceHas(_ index: Int) throws
  {
    let architecture = Self.architectures[index]
    var generator = SplitMix(state: 5)
    let parameters = parameters(of: architecture, &generator)
    let latent = (0..<architecture.latentSize).map { _ in 2 * uniform(&generator) }
    let weights = (0..<architecture.voxels).map { _ in uniform(&generator) }
    let engine = CPUEngine()
    let decoder = try engine.decoderGradients(architecture, parameters: parameters, threads: 1)
    var seen: [Float] = []
    func loss(_ z: [Float]) -> (loss: Double, gradient: [Float]) {
      decoder.gradient(at: z) { p, g in
        seen = Array(p)
        for i in g.indices { g[i] = weights[i] }
        return zip(p, weights).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      }
    }
    let (_, gradient) = loss(latent)
    // Batch normalization with its running statistics, not those of the one sample.
    let expected = try engine.inferenceNetwork(
      architecture, parameters: parameters, minibatch: 1, threads: 1
    ).decode(latent, count: 1)
    #expect(zip(seen, expected).allSatisfy { abs($0 - $1) < 2e-5 })
    for d in latent.indices {
      let step: Float = 2e-3
      func moved(_ sign: Float) -> Double {
        var z = latent
        z[d] += sign * step
        return loss(z).loss
      }
      let numeric = (moved(1) - moved(-1)) / Double(2 * step)
      #expect(abs(numeric - Double(gradient[d])) < 0.02 * max(1, abs(numeric)), "\(d)")
    }
  }

  @Test func areTheSameAtAnyNumberOfThreads() throws {
    let architecture = Self.architectures[0]
    var generator = SplitMix(state: 9)
    let parameters = parameters(of: architecture, &generator)
    let latent = (0..<architecture.latentSize).map { _ in uniform(&generator) }
    let results = try [1, 2, 3].map { threads in
      try CPUEngine().decoderGradients(architecture, parameters: parameters, threads: threads)
        .gradient(at: latent) { p, g in
          for i in g.indices { g[i] = 2 * p[i] }
          return p.reduce(0.0) { $0 + Double($1 * $1) }
        }
    }
    #expect(results.allSatisfy { $0.gradient == results[0].gradient && $0.loss == results[0].loss })
  }

  @Test func needLogitsAndAllTensors() {
    var architecture = Self.architectures[0]
    let empty = #expect(throws: Diagnostic.self) {
      try CPUEngine().decoderGradients(architecture, parameters: [], threads: 1)
    }
    #expect(empty?.code == .badParameters, "\(empty!)")
    var generator = SplitMix(state: 1)
    architecture.head = .reluLogits
    let parameters = parameters(of: architecture, &generator)
    let headless = #expect(throws: Diagnostic.self) {
      try CPUEngine().decoderGradients(architecture, parameters: parameters, threads: 1)
    }
    #expect(headless?.code == .badArchitecture && headless?.field == "head", "\(headless!)")
  }
}
