import NeuralEngine
import Testing

/// One training step and the evaluation of MONAI's VarAutoEncoder, as PyTorch 2.13.0 computed them.
@Suite struct ReferenceNetworkTests {
  static let architecture = Architecture(
    inputShape: [16, 16, 8], channels: [8, 16, 16], latentSize: 4)
  static let engines = CPUEngine.InstructionSet.allCases.filter { CPUEngine($0) != nil }
  /// Constants before a normalization: their gradient is 0, and PyTorch's is its rounding error.
  static func isWithoutEffect(_ name: String) -> Bool {
    name.hasSuffix("conv.bias") && !name.hasPrefix("decode.decode_2")
  }

  @Test(arguments: engines, [("small", Float(0.0001)), ("large", Float(100))])
  func trainingStep(_ set: CPUEngine.InstructionSet, _ run: (name: String, beta: Float)) throws {
    let golden = try Golden("network")
    let network = try #require(CPUEngine(set)).trainableNetwork(
      Self.architecture, minibatch: 2, decoderOnly: false, threads: 2)
    try network.setParameters(golden.parameters("before."))
    let masks = bits(try golden("input"), samples: 2)
    var settings = StepSettings()
    settings.beta = run.beta
    settings.rate = 1e-3
    let losses = network.step(
      Minibatch(count: 2, input: masks, target: masks, noise: try golden("noise")), settings)
    let dice = try golden("forward.dice")[0]
    let divergence = try golden("forward.kld")[0]
    #expect(abs(losses.dice / Double(dice) - 1) < 1e-5)
    #expect(abs(losses.divergence / Double(divergence) - 1) < 1e-5)
    #expect(relativeDifference(losses.mean, try golden("forward.mu")) < 1e-5)
    #expect(relativeDifference(losses.logVariance, try golden("forward.logvar")) < 1e-5)
    var worst: Float = 0
    for gradient in network.gradients() where !Self.isWithoutEffect(gradient.name) {
      let difference = relativeDifference(
        gradient.values, try golden("\(run.name).gradient.\(gradient.name)"))
      #expect(difference < 1e-4, "gradient of \(gradient.name)")
      worst = max(worst, difference)
    }
    for parameter in network.parameters() where !Self.isWithoutEffect(parameter.name) {
      let difference = relativeDifference(
        parameter.values, try golden("\(run.name).after.\(parameter.name)"))
      #expect(difference < 1e-4, "\(parameter.name) after the step")
    }
    print("\(set), β \(run.beta): largest relative difference of a gradient \(worst)")
  }

  @Test(arguments: engines) func evaluation(_ set: CPUEngine.InstructionSet) throws {
    let golden = try Golden("network")
    let network = try #require(CPUEngine(set)).inferenceNetwork(
      Self.architecture, parameters: golden.parameters("before."), minibatch: 2, threads: 2)
    let posterior = network.encode(bits(try golden("input"), samples: 2), count: 2)
    #expect(relativeDifference(posterior.mean, try golden("eval.mu")) < 1e-5)
    #expect(relativeDifference(posterior.logVariance, try golden("eval.logvar")) < 1e-5)
    let voxels = Self.architecture.voxels
    for (name, sigmas) in [("eval.logits_mean", Float(0)), ("eval.logits_mean_plus_sigma", 1)] {
      let z = zip(posterior.mean, posterior.logVariance).map { $0 + sigmas * exponential($1 / 2) }
      let logits = try golden(name)
      let expected = (0..<2 * voxels).map { i in
        let at = i / voxels * 2 * voxels + i % voxels
        return 1 / (1 + exponential(logits[at] - logits[at + voxels]))
      }
      #expect(relativeDifference(network.decode(z, count: 2), expected) < 1e-5)
    }
  }

  @Test func everyThreadCountGivesTheSameBytes() throws {
    let golden = try Golden("network")
    let masks = bits(try golden("input"), samples: 2)
    var results: [[Parameter]] = []
    for threads in [1, 2, 5] {
      let network = try CPUEngine().trainableNetwork(
        Self.architecture, minibatch: 2, decoderOnly: false, threads: threads)
      try network.setParameters(golden.parameters("before."))
      for _ in 0..<10 {
        _ = network.step(
          Minibatch(count: 2, input: masks, target: masks, noise: try golden("noise")), .init())
      }
      results.append(network.parameters())
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }
}

/// e to the power of x, without the C library.
func exponential(_ x: Float) -> Float {
  var (sum, term) = (1.0, 1.0)
  let y = Double(x) / 64
  for n in 1..<20 {
    term *= y / Double(n)
    sum += term
  }
  for _ in 0..<6 { sum *= sum }
  return Float(sum)
}
