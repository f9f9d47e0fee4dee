import CNeuralKernels
import Testing

@testable import NeuralEngine

/// Convolutions and transposed convolutions forward and backward, as PyTorch 2.13.0 computed them.
@Suite struct ConvolutionTests {
  static let engines = CPUEngine.InstructionSet.allCases.compactMap { CPUEngine($0) }
  static let tolerance: Float = 1e-5
  let team = Team(threads: 2)

  static func shape(_ shape: [Int]) -> SIMD3<Int> { [shape[2], shape[3], shape[4]] }

  /// Weights (coarse, fine, 27) in a link's own order.
  static func arranged(_ weights: [Float], fine: Int, coarse: Int) -> AlignedBuffer {
    let buffer = AlignedBuffer(StridedLink.weightCount(fineChannels: fine, coarseChannels: coarse))
    segment(.link(fine: fine, coarse: coarse), [coarse, fine, 27], buffer.count).forEach {
      buffer.pointer[$1] = weights[$0]
    }
    return buffer
  }

  static func segment(
    _ arrangement: ParameterLayout.Arrangement, _ shape: [Int], _ count: Int
  ) -> ParameterLayout.Segment {
    .init(
      name: "", shape: shape, arrangement: arrangement, offset: 0, count: count, isLearned: true)
  }

  static func read(
    _ buffer: AlignedBuffer, _ arrangement: ParameterLayout.Arrangement, _ shape: [Int]
  ) -> [Float] {
    var result = [Float](repeating: 0, count: shape.reduce(1, *))
    segment(arrangement, shape, buffer.count).forEach { result[$0] = buffer.pointer[$1] }
    return result
  }

  /// Adds what the engine adds in its normalization pass.
  static func adding(_ bias: [Float], to values: [Float], shape: [Int]) -> [Float] {
    let voxels = shape[2...].reduce(1, *)
    return values.indices.map { values[$0] + bias[$0 / voxels % shape[1]] }
  }

  @Test(arguments: ["conv_16_32_s2", "conv_5_7_s2", "conv_8_16_s1"])
  func convolution(_ name: String) throws {
    let golden = try Golden("convolutions")
    let (fine, coarse) = (try golden.shape("\(name).input"), try golden.shape("\(name).output"))
    for engine in Self.engines {
      let link = StridedLink(
        fine: Self.shape(fine), stride: name.hasSuffix("1") ? 1 : 2, fineChannels: fine[1],
        coarseChannels: coarse[1])
      let weights = Self.arranged(
        try golden("\(name).weight"), fine: fine[1], coarse: coarse[1])
      let x = Blocked(try golden("\(name).input"), shape: fine)
      let y = Blocked(shape: coarse)
      link.down(
        x.pointer, weights: weights.pointer, to: y.pointer, samples: fine[0], engine.kernels, team)
      let output = Self.adding(try golden("\(name).bias"), to: y.values, shape: coarse)
      #expect(relativeDifference(output, try golden("\(name).output")) < Self.tolerance)

      let dy = Blocked(try golden("\(name).grad_output"), shape: coarse)
      let dx = Blocked(shape: fine)
      link.packForUp(weights.pointer, team)
      link.up(dy.pointer, to: dx.pointer, samples: fine[0], engine.kernels, team)
      #expect(relativeDifference(dx.values, try golden("\(name).grad_input")) < Self.tolerance)

      let dw = AlignedBuffer(weights.count)
      link.weightGradient(
        fine: x.pointer, coarse: dy.pointer, to: dw.pointer, samples: fine[0], engine.kernels, team)
      let gradient = Self.read(
        dw, .link(fine: fine[1], coarse: coarse[1]), [coarse[1], fine[1], 27])
      #expect(relativeDifference(gradient, try golden("\(name).grad_weight")) < Self.tolerance)
    }
  }

  @Test(arguments: ["transposed_16_16", "transposed_32_8"])
  func transposedConvolution(_ name: String) throws {
    let golden = try Golden("convolutions")
    let (coarse, fine) = (try golden.shape("\(name).input"), try golden.shape("\(name).output"))
    for engine in Self.engines {
      let link = StridedLink(
        fine: Self.shape(fine), stride: 2, fineChannels: fine[1], coarseChannels: coarse[1])
      let weights = Self.arranged(
        try golden("\(name).weight"), fine: fine[1], coarse: coarse[1])
      link.packForUp(weights.pointer, team)
      let x = Blocked(try golden("\(name).input"), shape: coarse)
      let y = Blocked(shape: fine)
      link.up(x.pointer, to: y.pointer, samples: fine[0], engine.kernels, team)
      let output = Self.adding(try golden("\(name).bias"), to: y.values, shape: fine)
      #expect(relativeDifference(output, try golden("\(name).output")) < Self.tolerance)

      let dy = Blocked(try golden("\(name).grad_output"), shape: fine)
      let dx = Blocked(shape: coarse)
      link.down(
        dy.pointer, weights: weights.pointer, to: dx.pointer, samples: fine[0], engine.kernels,
        team)
      #expect(relativeDifference(dx.values, try golden("\(name).grad_input")) < Self.tolerance)

      let dw = AlignedBuffer(weights.count)
      link.weightGradient(
        fine: dy.pointer, coarse: x.pointer, to: dw.pointer, samples: fine[0], engine.kernels, team)
      let gradient = Self.read(
        dw, .link(fine: fine[1], coarse: coarse[1]), [coarse[1], fine[1], 27])
      #expect(relativeDifference(gradient, try golden("\(name).grad_weight")) < Self.tolerance)
    }
  }

  @Test func convolutionOfOneChannel() throws {
    let golden = try Golden("convolutions")
    let name = "conv_1_16_s2"
    let (fine, coarse) = (try golden.shape("\(name).input"), try golden.shape("\(name).output"))
    for engine in Self.engines {
      let link = SingleChannelLink(
        fine: Self.shape(fine), stride: 2, coarseChannels: coarse[1], samples: fine[0])
      let shape = [coarse[1], 1, 27]
      let weights = AlignedBuffer(SingleChannelLink.weightCount(coarseChannels: coarse[1]))
      let given = try golden("\(name).weight")
      Self.segment(.single(coarse: coarse[1]), shape, weights.count).forEach {
        weights.pointer[$1] = given[$0]
      }
      let x = Haloed(try golden("\(name).input"), shape: fine)
      let y = Blocked(shape: coarse)
      link.down(
        x.pointer, weights: weights.pointer, to: y.pointer, samples: fine[0], engine.kernels, team)
      let output = Self.adding(try golden("\(name).bias"), to: y.values, shape: coarse)
      #expect(relativeDifference(output, try golden("\(name).output")) < Self.tolerance)

      let dy = Blocked(try golden("\(name).grad_output"), shape: coarse)
      let dx = Haloed(shape: fine)
      link.up(
        dy.pointer, weights: weights.pointer, bias: 0, to: dx.pointer, samples: fine[0],
        engine.kernels, team)
      #expect(relativeDifference(dx.values, try golden("\(name).grad_input")) < Self.tolerance)

      let dw = AlignedBuffer(weights.count)
      link.weightGradient(
        fine: x.pointer, coarse: dy.pointer, to: dw.pointer, samples: fine[0], engine.kernels, team)
      let gradient = Self.read(dw, .single(coarse: coarse[1]), shape)
      #expect(relativeDifference(gradient, try golden("\(name).grad_weight")) < Self.tolerance)
    }
  }

  /// The head's two classes, one after the other.
  @Test func transposedConvolutionToTwoChannels() throws {
    let golden = try Golden("convolutions")
    let name = "transposed_16_2"
    let (coarse, fine) = (try golden.shape("\(name).input"), try golden.shape("\(name).output"))
    let single = [fine[0], 1, fine[2], fine[3], fine[4]]
    let voxels = fine[2...].reduce(1, *)
    func ofClass(_ k: Int, _ values: [Float]) -> [Float] {
      values.indices.filter { $0 / voxels % 2 == k }.map { values[$0] }
    }
    for engine in Self.engines {
      let link = SingleChannelLink(
        fine: Self.shape(fine), stride: 2, coarseChannels: coarse[1], samples: fine[0])
      let size = SingleChannelLink.weightCount(coarseChannels: coarse[1])
      let weights = AlignedBuffer(2 * size)
      let gradients = AlignedBuffer(2 * size)
      let given = try golden("\(name).weight")
      let bias = try golden("\(name).bias")
      Self.segment(.pair(coarse: coarse[1]), [coarse[1], 2, 27], weights.count).forEach {
        weights.pointer[$1] = given[$0]
      }
      let x = Blocked(try golden("\(name).input"), shape: coarse)
      var dx = [Float](repeating: 0, count: coarse.reduce(1, *))
      for k in 0..<2 {
        let y = Haloed(shape: single)
        link.up(
          x.pointer, weights: weights.pointer + k * size, bias: bias[k], to: y.pointer,
          samples: fine[0], engine.kernels, team)
        let expected = ofClass(k, try golden("\(name).output"))
        #expect(relativeDifference(y.values, expected) < Self.tolerance)

        let dy = Haloed(ofClass(k, try golden("\(name).grad_output")), shape: single)
        let part = Blocked(shape: coarse)
        link.down(
          dy.pointer, weights: weights.pointer + k * size, to: part.pointer, samples: fine[0],
          engine.kernels, team)
        dx = zip(dx, part.values).map { $0 + $1 }
        link.weightGradient(
          fine: dy.pointer, coarse: x.pointer, to: gradients.pointer + k * size, samples: fine[0],
          engine.kernels, team)
      }
      #expect(relativeDifference(dx, try golden("\(name).grad_input")) < Self.tolerance)
      let gradient = Self.read(gradients, .pair(coarse: coarse[1]), [coarse[1], 2, 27])
      #expect(relativeDifference(gradient, try golden("\(name).grad_weight")) < Self.tolerance)
    }
  }
}
