import CNeuralKernels
import Testing

@testable import NeuralEngine

/// Normalizations and activations forward and backward, as PyTorch 2.13.0 computed them.
@Suite struct NormalizationTests {
  static let engines = CPUEngine.InstructionSet.allCases.compactMap { CPUEngine($0) }
  static let tolerance: Float = 1e-5
  let team = Team(threads: 2)

  /// Memory for parameters and their gradients.
  private final class Values {
    let buffers: [String: AlignedBuffer]
    init(_ values: [String: [Float]]) {
      buffers = values.mapValues { values in
        let buffer = AlignedBuffer(values.count)
        for (i, value) in values.enumerated() { buffer.pointer[i] = value }
        return buffer
      }
    }
    subscript(_ name: String) -> UnsafeMutablePointer<Float> { buffers[name]!.pointer }
    func floats(_ name: String) -> [Float] {
      Array(UnsafeBufferPointer(start: self[name], count: buffers[name]!.count))
    }
  }

  @Test func batchNormalization() throws {
    let golden = try Golden("normalizations")
    let name = "batchnorm_train"
    let shape = try golden.shape("\(name).input")
    for engine in Self.engines {
      let norm = NormalizedActivation(
        .batch, channels: shape[1], voxels: shape[2...].reduce(1, *), samples: shape[0])
      let values = Values([
        "convolution": .init(repeating: 0, count: 5), "weight": try golden("\(name).weight"),
        "bias": try golden("\(name).bias"), "mean": try golden("\(name).running_mean"),
        "variance": try golden("\(name).running_var"), "dw": .init(repeating: 0, count: 5),
        "db": .init(repeating: 0, count: 5), "dc": .init(repeating: 9, count: 5),
      ])
      let parameters = NormalizedActivation.Parameters(
        convolutionBias: values["convolution"], weight: values["weight"], bias: values["bias"],
        runningMean: values["mean"], runningVariance: values["variance"], slope: 1)
      let x = Blocked(try golden("\(name).input"), shape: shape)
      let y = Blocked(shape: shape)
      norm.forward(
        x.pointer, to: y.pointer, parameters, samples: shape[0], learning: true, engine.kernels,
        team)
      #expect(relativeDifference(y.values, try golden("\(name).output")) < Self.tolerance)
      #expect(
        relativeDifference(values.floats("mean"), try golden("\(name).running_mean_after"))
          < Self.tolerance)
      #expect(
        relativeDifference(values.floats("variance"), try golden("\(name).running_var_after"))
          < Self.tolerance)
      let gradient = Blocked(try golden("\(name).grad_output"), shape: shape)
      norm.backward(
        x.pointer, gradient: gradient.pointer, parameters,
        .init(convolutionBias: values["dc"], weight: values["dw"], bias: values["db"]),
        samples: shape[0], engine.kernels, team)
      #expect(
        relativeDifference(gradient.values, try golden("\(name).grad_input")) < Self.tolerance)
      #expect(
        relativeDifference(values.floats("dw"), try golden("\(name).grad_weight")) < Self.tolerance)
      #expect(
        relativeDifference(values.floats("db"), try golden("\(name).grad_bias")) < Self.tolerance)
      #expect(values.floats("dc").allSatisfy { $0 == 0 })
    }
  }

  @Test func instanceNormalization() throws {
    let golden = try Golden("normalizations")
    let name = "instancenorm"
    let shape = try golden.shape("\(name).input")
    for engine in Self.engines {
      let norm = NormalizedActivation(
        .instance, channels: shape[1], voxels: shape[2...].reduce(1, *), samples: shape[0])
      let values = Values(["none": .init(repeating: 0, count: 5)])
      let parameters = NormalizedActivation.Parameters(convolutionBias: values["none"], slope: 1)
      let x = Blocked(try golden("\(name).input"), shape: shape)
      let y = Blocked(shape: shape)
      norm.forward(
        x.pointer, to: y.pointer, parameters, samples: shape[0], learning: true, engine.kernels,
        team)
      #expect(relativeDifference(y.values, try golden("\(name).output")) < Self.tolerance)
      let gradient = Blocked(try golden("\(name).grad_output"), shape: shape)
      norm.backward(
        x.pointer, gradient: gradient.pointer, parameters, .init(convolutionBias: values["none"]),
        samples: shape[0], engine.kernels, team)
      #expect(
        relativeDifference(gradient.values, try golden("\(name).grad_input")) < Self.tolerance)
    }
  }

  @Test(arguments: ["prelu", "relu", "leakyrelu"]) func activation(_ name: String) throws {
    let golden = try Golden("activations")
    let shape = try golden.shape("\(name).input")
    let slope: Float = name == "prelu" ? try golden("prelu.weight")[0] : name == "relu" ? 0 : 0.01
    for engine in Self.engines {
      let norm = NormalizedActivation(
        .none, channels: shape[1], voxels: shape[2...].reduce(1, *), samples: shape[0])
      let values = Values([
        "bias": .init(repeating: 0, count: 3), "db": .init(repeating: 0, count: 3), "slope": [0],
      ])
      let parameters = NormalizedActivation.Parameters(
        convolutionBias: values["bias"], slope: slope)
      let x = Blocked(try golden("\(name).input"), shape: shape)
      let y = Blocked(shape: shape)
      norm.forward(
        x.pointer, to: y.pointer, parameters, samples: shape[0], learning: true, engine.kernels,
        team)
      #expect(relativeDifference(y.values, try golden("\(name).output")) < Self.tolerance)
      let gradient = Blocked(try golden("\(name).grad_output"), shape: shape)
      norm.backward(
        x.pointer, gradient: gradient.pointer, parameters,
        .init(convolutionBias: values["db"], slope: values["slope"]), samples: shape[0],
        engine.kernels, team)
      let expected = try golden("\(name).grad_input")
      #expect(relativeDifference(gradient.values, expected) < Self.tolerance)
      // The bias of a convolution without normalization stands right before the activation.
      let voxels = shape[2...].reduce(1, *)
      let sums = (0..<3).map { c in
        expected.indices.filter { $0 / voxels % 3 == c }.reduce(Float(0)) { $0 + expected[$1] }
      }
      #expect(relativeDifference(values.floats("db"), sums) < Self.tolerance)
      if name == "prelu" {
        #expect(
          relativeDifference(values.floats("slope"), try golden("prelu.grad_weight"))
            < Self.tolerance)
      }
    }
  }
}
