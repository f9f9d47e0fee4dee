package import Concurrency
package import Errors
package import NeuralEngine

/// An engine for tests of everything above engines: two linear maps that learn a little, the same on
/// every call, in microseconds.
///
/// Encoder: μ = W·f + b, log σ² the same with its own W and b, where f are the bytes of the mask as
/// fractions of 255. Decoder: voxel v has the logit (decodeL·z + bias)[v mod features].
package struct ToyEngine: Engine {
  /// The step, counted from 1 over all networks, whose losses are not finite; 0: none.
  package var badStep = 0
  package var name = "toy"
  package let steps = Guarded(0)
  /// How often weights for inference were made.
  package let weights = Guarded(0)

  package init(badStep: Int = 0, name: String = "toy") {
    (self.badStep, self.name) = (badStep, name)
  }

  package func trainableNetwork(
    _ architecture: Architecture, minibatch: Int, decoderOnly: Bool, threads: Int,
    parallelism: DataParallelism?
  ) throws(Diagnostic) -> any TrainableNetwork {
    try architecture.validate()
    precondition(parallelism == nil, "the toy learns alone")
    return ToyNetwork(architecture, decoderOnly: decoderOnly, engine: self)
  }

  package func inferenceWeights(
    _ architecture: Architecture, parameters: [Parameter], threads: Int
  ) throws(Diagnostic) -> any InferenceWeights {
    try ToyNetwork(architecture, decoderOnly: false, engine: self).setParameters(parameters)
    weights.withLock { $0 += 1 }
    return ToyWeights(architecture: architecture, parameters: parameters, engine: self)
  }

  package func inferenceWeightBytes(_ architecture: Architecture) -> Int { 500 }
  package func inferenceBytes(_ architecture: Architecture, minibatch: Int) -> Int { 1000 }
  package func trainingBytes(_ architecture: Architecture, minibatch: Int, decoderOnly: Bool) -> Int
  {
    1000
  }
}

package struct ToyWeights: InferenceWeights {
  package let architecture: Architecture
  package let parameters: [Parameter]
  package let engine: ToyEngine

  package func network(minibatch: Int, threads: Int) throws(Diagnostic) -> any InferenceNetwork {
    let network = ToyNetwork(architecture, decoderOnly: false, engine: engine)
    try network.setParameters(parameters)
    return network
  }
}

package final class ToyNetwork: TrainableNetwork, InferenceNetwork {
  private let architecture: Architecture
  private let decoderOnly: Bool
  private let engine: ToyEngine
  private var values: [Parameter]
  private var moments: [Parameter]
  package private(set) var steps = 0

  package init(_ architecture: Architecture, decoderOnly: Bool, engine: ToyEngine) {
    (self.architecture, self.decoderOnly, self.engine) = (architecture, decoderOnly, engine)
    values = architecture.parameterShapes(decoderOnly: decoderOnly).map {
      Parameter(
        name: $0.name, shape: $0.shape,
        values: Array(repeating: 0, count: $0.shape.reduce(1, *)))
    }
    moments = values.filter { !$0.name.contains("running") }.flatMap { value in
      [".m", ".v"].map {
        Parameter(
          name: value.name + $0, shape: value.shape,
          values: Array(repeating: 0, count: value.values.count))
      }
    }
  }

  package func parameters() -> [Parameter] { values }
  package func optimizerState() -> [Parameter] { moments }
  package func gradients() -> [Parameter] { [] }

  package func setParameters(_ parameters: [Parameter]) throws(Diagnostic) {
    try Self.check(parameters, like: values)
    values = parameters
  }

  package func setOptimizerState(_ state: [Parameter], steps: Int) throws(Diagnostic) {
    try Self.check(state, like: moments)
    (moments, self.steps) = (state, steps)
  }

  private static func check(_ new: [Parameter], like old: [Parameter]) throws(Diagnostic) {
    for (a, b) in zip(new, old) where a.name != b.name || a.shape != b.shape {
      throw Diagnostic(
        .badParameters, field: b.name, expected: "\(b.shape)", found: "\(a.name) \(a.shape)")
    }
    guard new.count == old.count else {
      throw Diagnostic(
        .badParameters, field: "tensors", expected: "\(old.count)", found: "\(new.count)")
    }
  }

  private func at(_ name: String) -> Int { values.firstIndex { $0.name == name }! }

  private func linear(_ name: String, _ x: [Float]) -> [Float] {
    let (weight, bias) = (values[at("\(name).weight")].values, values[at("\(name).bias")].values)
    return bias.indices.map { row in
      var sum = bias[row]
      for column in x.indices { sum += weight[row * x.count + column] * x[column] }
      return sum
    }
  }

  private func features(_ masks: [UInt8], _ sample: Int) -> [Float] {
    let bytes = (architecture.voxels + 7) / 8
    return (0..<architecture.features).map { Float(masks[sample * bytes + $0 % bytes]) / 255 }
  }

  private func bit(_ masks: [UInt8], _ sample: Int, _ voxel: Int) -> Float {
    let bytes = (architecture.voxels + 7) / 8
    return Float((masks[sample * bytes + voxel / 8] >> UInt8(voxel % 8)) & 1)
  }

  package func encode(_ masks: [UInt8], count: Int) -> (mean: [Float], logVariance: [Float]) {
    var result: (mean: [Float], logVariance: [Float]) = ([], [])
    for sample in 0..<count {
      let x = features(masks, sample)
      result.mean += linear("mu", x)
      result.logVariance += linear("logvar", x)
    }
    return result
  }

  package func decode(_ latents: [Float], count: Int) -> [Float] {
    let size = architecture.latentSize
    return (0..<count).flatMap { sample in
      let y = linear("decodeL", Array(latents[sample * size..<(sample + 1) * size]))
      return (0..<architecture.voxels).map { min(1, max(0, 0.5 + y[$0 % y.count])) }
    }
  }

  package func step(_ minibatch: Minibatch, _ settings: StepSettings, into result: inout StepLosses)
  {
    var losses = StepLosses()
    defer { result = losses }
    let size = architecture.latentSize
    let count = engine.steps.withLock { steps in
      steps += 1
      return steps
    }
    var latents = minibatch.noise
    if !decoderOnly {
      (losses.mean, losses.logVariance) = encode(minibatch.input, count: minibatch.count)
      for i in latents.indices {
        latents[i] = losses.mean[i] + latents[i] * 0.01
        losses.divergence += Double(losses.mean[i] * losses.mean[i]) / 2
      }
    }
    let probabilities = decode(latents, count: minibatch.count)
    var gradient = values.map { [Float](repeating: 0, count: $0.values.count) }
    let (weight, bias) = (at("decodeL.weight"), at("decodeL.bias"))
    let voxels = architecture.voxels
    for sample in 0..<minibatch.count {
      var (both, sum) = (0.0, 1e-9)
      for voxel in 0..<voxels {
        let p = probabilities[sample * voxels + voxel]
        let target = bit(minibatch.target, sample, voxel)
        let error = p - target
        both += p > 0.5 && target > 0 ? 2 : 0
        sum += (p > 0.5 ? 1 : 0) + Double(target)
        losses.dice += Double(settings.diceWeight * error * error) / Double(voxels)
        let row = voxel % architecture.features
        gradient[bias][row] += error
        for d in 0..<size { gradient[weight][row * size + d] += error * latents[sample * size + d] }
      }
      losses.foregroundDice.append(both / sum)
      if !decoderOnly {
        let x = features(minibatch.input, sample)
        let (muW, muB) = (at("mu.weight"), at("mu.bias"))
        for d in 0..<size {
          let g = settings.beta * losses.mean[sample * size + d]
          gradient[muB][d] += g
          for j in x.indices { gradient[muW][d * x.count + j] += g * x[j] }
        }
      }
    }
    losses.gradientNorm = gradient.joined().reduce(0) { $0 + Double($1 * $1) }.squareRoot()
    if count == engine.badStep { losses.dice = .nan }
    guard losses.isFinite else { return }
    steps += 1
    for (index, value) in values.enumerated() where !value.name.contains("running") {
      let m = moments.firstIndex { $0.name == value.name + ".m" }!
      for i in value.values.indices {
        moments[m].values[i] = 0.9 * moments[m].values[i] + gradient[index][i]
        values[index].values[i] -= settings.rate * moments[m].values[i]
      }
    }
  }
}
