import CNeuralKernels
import Errors
import Glibc

/// ``DecoderGradients`` on the processor: a decoder for training whose batch normalizations, which stand still, are
/// folded into its convolutions.
final class CPUDecoderGradients: DecoderGradients {
  private let network: CPUTrainableNetwork
  private var probabilities: [Float]
  private var derivative: [Float]

  init(
    _ architecture: Architecture, parameters: [Parameter], kernels: UnsafePointer<cn_kernels>,
    threads: Int
  ) throws(Diagnostic) {
    let folded = try Self.folded(architecture, parameters)
    network = CPUTrainableNetwork(
      folded.architecture, minibatch: 1, decoderOnly: true, kernels: kernels, threads: threads)
    try network.setParameters(folded.parameters)
    probabilities = [Float](repeating: 0, count: architecture.voxels)
    derivative = probabilities
  }

  /// The decoder without batch normalization; with any other it is the same at any minibatch.
  private static func folded(
    _ architecture: Architecture, _ parameters: [Parameter]
  ) throws(Diagnostic) -> (architecture: Architecture, parameters: [Parameter]) {
    let named = Dictionary(parameters.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
    var plain = architecture
    if architecture.normalization == .batch { plain.normalization = .none }
    var result: [Parameter] = []
    for (name, shape) in plain.parameterShapes(decoderOnly: true) {
      guard var parameter = named[name], parameter.shape == shape else {
        throw Diagnostic(
          .badParameters, field: name, expected: "a tensor of shape \(shape)",
          found: named[name].map { "\($0.shape)" } ?? "none",
          remedy: "use the parameters of this architecture")
      }
      let stem = name.before(ending: ".conv.weight") ?? name.before(ending: ".conv.bias")
      if let stem, let norm = Norm(of: stem, in: named) {
        let channels = norm.scale.count
        if shape.count == 5 {
          // (in, out, 3, 3, 3).
          for i in parameter.values.indices { parameter.values[i] *= norm.scale[i / 27 % channels] }
        } else {
          for c in 0..<channels {
            parameter.values[c] =
              (parameter.values[c] - norm.mean[c]) * norm.scale[c] + norm.bias[c]
          }
        }
      }
      result.append(parameter)
    }
    return (plain, result)
  }

  /// A batch normalization with its running statistics.
  private struct Norm {
    let scale, mean, bias: [Float]

    init?(of stem: String, in named: [String: Parameter]) {
      func values(_ field: String) -> [Float]? { named["\(stem).adn.N.\(field)"]?.values }
      guard let weight = values("weight"), let bias = values("bias"),
        let mean = values("running_mean"), let variance = values("running_var")
      else { return nil }
      scale = zip(weight, variance).map {
        Float(Double($0) / (Double($1) + NormalizedActivation.epsilon).squareRoot())
      }
      (self.mean, self.bias) = (mean, bias)
    }
  }

  func gradient(
    at latent: [Float],
    of loss: (
      _ probabilities: UnsafeBufferPointer<Float>, _ gradient: UnsafeMutableBufferPointer<Float>
    ) -> Double
  ) -> (loss: Double, gradient: [Float]) {
    precondition(latent.count == network.architecture.latentSize, "a latent of another size")
    var value = 0.0
    let gradient = network.pullBack(latent) { output, grid in
      let (depth, height, width) = (Int(grid.depth), Int(grid.height), Int(grid.width))
      /// Each row of the output with its place among the probabilities.
      func rows(_ body: (UnsafeMutablePointer<Float>, Int) -> Void) {
        for d in 0..<depth {
          for h in 0..<height {
            body(
              output + ((d + 1) * (height + 2) + h + 1) * (width + 2) + 1, (d * height + h) * width)
          }
        }
      }
      value = probabilities.withUnsafeMutableBufferPointer { p in
        derivative.withUnsafeMutableBufferPointer { g in
          rows { row, at in for w in 0..<width { p[at + w] = 1 / (1 + expf(-row[w])) } }
          let value = loss(UnsafeBufferPointer(p), g)
          // By the logit: p (1 − p) times that by the probability.
          rows { row, at in
            for w in 0..<width { row[w] = g[at + w] * p[at + w] * (1 - p[at + w]) }
          }
          return value
        }
      }
    }
    return (value, gradient)
  }
}

extension CPUTrainableNetwork {
  /// Decodes a latent, lets `body` turn the logit differences (haloed, the halo 0) into their gradient, and follows
  /// that back to the latent.
  func pullBack(
    _ latentVector: [Float], _ body: (UnsafeMutablePointer<Float>, cn_grid) -> Void
  ) -> [Float] {
    latentVector.withUnsafeBufferPointer {
      latent.z.pointer.update(from: $0.baseAddress!, count: $0.count)
    }
    decodeForward(1)
    body(output.pointer, grid)
    decodeBackward(1)
    latent.backwardDecoder(
      gradient: gradient.pointer, count: 1, arena.pointer, gradientArena.pointer, kernels, team)
    return Array(UnsafeBufferPointer(start: latent.zGradient.pointer, count: latentVector.count))
  }
}

extension String {
  /// What stands before an ending; nil where it ends otherwise.
  fileprivate func before(ending: String) -> String? {
    hasSuffix(ending) ? String(dropLast(ending.utf8.count)) : nil
  }
}
