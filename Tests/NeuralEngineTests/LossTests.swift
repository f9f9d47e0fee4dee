import CNeuralKernels
import Testing

@testable import NeuralEngine

/// Losses, linear layers and optimisers, as PyTorch 2.13.0 computed them.
@Suite struct LossTests {
  static let engines = CPUEngine.InstructionSet.allCases.compactMap { CPUEngine($0) }
  let team = Team(threads: 2)

  @Test func dice() throws {
    let golden = try Golden("losses")
    let shape = try golden.shape("dice.target")
    let logits = try golden("dice.logits")
    let gradients = try golden("dice.grad_logits")
    let voxels = shape[2...].reduce(1, *)
    func place(_ i: Int) -> Int { i / voxels * 2 * voxels + i % voxels }
    let count = shape[0] * voxels
    for engine in Self.engines {
      let output = Haloed(
        (0..<count).map { logits[place($0) + voxels] - logits[place($0)] }, shape: shape)
      let target = Haloed(try golden("dice.target"), shape: shape)
      let loss = DiceLoss(cn_grid([shape[2], shape[3], shape[4]]), samples: shape[0])
      let value = loss.turn(
        output.pointer, target: target.pointer, samples: shape[0], weight: 80, engine.kernels, team)
      #expect(abs(value / Double(try golden("dice.loss")[0]) - 1) < 1e-5)
      // The gradient of the difference is that of the foreground's logit, and minus the other's.
      #expect(
        relativeDifference(output.values, (0..<count).map { gradients[place($0) + voxels] }) < 1e-5)
      #expect(
        relativeDifference(output.values, (0..<count).map { -gradients[place($0)] }) < 1e-5)
    }
  }

  @Test func foregroundDiceCountsVoxels() {
    let shape = [1, 1, 1, 2, 3]
    let output = Haloed([1, 1, -1, -1, 2, -3], shape: shape)
    let target = Haloed([1, 0, 1, 0, 1, 0], shape: shape)
    let loss = DiceLoss(cn_grid([1, 2, 3]), samples: 1)
    _ = loss.turn(
      output.pointer, target: target.pointer, samples: 1, weight: 1, CPUEngine().kernels, team)
    #expect(loss.foregroundDice(of: 0) == 2.0 * 2 / (3 + 3))
  }

  @Test func divergenceAndReparameterization() throws {
    let golden = try Golden("losses")
    let shape = try golden.shape("kld.mu")
    let (samples, size) = (shape[0], shape[1])
    let architecture = Architecture(inputShape: [2, 2, 2], channels: [1], latentSize: size)
    let layout = ParameterLayout(architecture, decoderOnly: false)
    let kernels = CPUEngine().kernels
    for name in ["kld", "sample"] {
      let layer = LatentLayer(size: size, features: 16, minibatch: samples, layout: layout)
      let arena = AlignedBuffer(layout.count)
      let gradients = AlignedBuffer(layout.count)
      let features = AlignedBuffer(samples * 16)
      let mean = try golden("\(name).mu")
      let logVariance = try golden("\(name).logvar")
      // Features that select a row: only one sample at a time has mean and log variance as biases.
      for sample in 0..<samples {
        for d in 0..<size {
          arena.pointer[layout.offset(of: "mu.bias")! + d] = mean[sample * size + d]
          arena.pointer[layout.offset(of: "logvar.bias")! + d] = logVariance[sample * size + d]
        }
        let noise =
          name == "kld"
          ? [Float](repeating: 0, count: size)
          : Array(try golden("sample.noise")[sample * size..<(sample + 1) * size])
        layer.encode(
          features: features.pointer, noise: noise, count: 1, arena.pointer, kernels, team)
        if name == "sample" {
          let z = Array(UnsafeBufferPointer(start: layer.z.pointer, count: size))
          #expect(
            relativeDifference(
              z, Array(try golden("sample.z")[sample * size..<(sample + 1) * size]))
              < 1e-5)
          // Through rows of the identity the gradient of z is what is given.
          let given = Array(try golden("sample.grad_z")[sample * size..<(sample + 1) * size])
          let gradient = AlignedBuffer(16)
          for d in 0..<size {
            gradient.pointer[d] = given[d]
            layer.hidden.pointer[d] = 1
            for f in 0..<16 {
              arena.pointer[layout.offset(of: "decodeL.weight")! + d * 16 + f] = f == d ? 1 : 0
            }
          }
          layer.backwardDecoder(
            gradient: gradient.pointer, count: 1, arena.pointer, gradients.pointer, kernels, team)
          var settings = StepSettings()
          settings.beta = 0
          layer.backwardEncoder(
            features: features.pointer, gradient: gradient.pointer, settings: settings, count: 1,
            arena.pointer, gradients.pointer, kernels, team)
        } else {
          let gradient = AlignedBuffer(16)
          var settings = StepSettings()
          settings.beta = 1
          layer.backwardEncoder(
            features: features.pointer, gradient: gradient.pointer, settings: settings, count: 1,
            arena.pointer, gradients.pointer, kernels, team)
        }
        for (tensor, field) in [("mu.bias", "mu"), ("logvar.bias", "logvar")] {
          let found = Array(
            UnsafeBufferPointer(
              start: gradients.pointer + layout.offset(of: tensor)!, count: size))
          let expected = Array(
            try golden("\(name).grad_\(field)")[sample * size..<(sample + 1) * size])
          #expect(relativeDifference(found, expected) < 1e-5, "\(name) \(field)")
        }
      }
    }
    let layer = LatentLayer(size: size, features: 16, minibatch: samples, layout: layout)
    for (i, value) in try golden("kld.mu").enumerated() { layer.mean.pointer[i] = value }
    for (i, value) in try golden("kld.logvar").enumerated() { layer.logVariance.pointer[i] = value }
    #expect(
      abs(layer.divergence(count: samples) / Double(try golden("kld.loss")[0]) - 1) < 1e-6)
  }

  @Test func linear() throws {
    let golden = try Golden("activations")
    let (rows, columns, samples) = (7, 10, 3)
    func padded(_ values: [Float], width: Int) -> AlignedBuffer {
      let count = values.count / width
      let buffer = AlignedBuffer(count * 16)
      for i in values.indices { buffer.pointer[i / width * 16 + i % width] = values[i] }
      return buffer
    }
    func unpadded(_ buffer: AlignedBuffer, width: Int) -> [Float] {
      (0..<buffer.count / 16 * width).map { buffer.pointer[$0 / width * 16 + $0 % width] }
    }
    for engine in Self.engines {
      let loops = engine.kernels.pointee
      let w = padded(try golden("linear.weight"), width: columns)
      let x = padded(try golden("linear.input"), width: columns)
      let bias = try golden("linear.bias")
      let given = try golden("linear.grad_output")
      var y = [Float](repeating: 0, count: samples * rows)
      let dx = AlignedBuffer(samples * 16)
      let dw = AlignedBuffer(rows * 16)
      for n in 0..<samples {
        y.withUnsafeMutableBufferPointer {
          loops.rows_dot(
            w.pointer, bias, x.pointer + n * 16, 16, 0, Int64(rows), $0.baseAddress! + n * rows)
        }
        given.withUnsafeBufferPointer {
          loops.rows_combine(
            w.pointer, nil, $0.baseAddress! + n * rows, Int64(rows), 16, 0, 16,
            dx.pointer + n * 16)
        }
      }
      loops.rows_outer(
        given, x.pointer, Int64(samples), Int64(rows), 16, 0, Int64(rows), dw.pointer)
      #expect(relativeDifference(y, try golden("linear.output")) < 1e-5)
      #expect(
        relativeDifference(unpadded(dx, width: columns), try golden("linear.grad_input")) < 1e-5)
      #expect(
        relativeDifference(unpadded(dw, width: columns), try golden("linear.grad_weight")) < 1e-5)
    }
  }

  @Test(arguments: [("adam", Float(0)), ("adamw", 0.01)])
  func optimizer(_ name: String, _ decay: Float) throws {
    let golden = try Golden("optimizers")
    let start = try golden("start")
    let gradients = try golden("gradients")
    let steps = try golden("\(name).steps")
    let count = start.count
    for engine in Self.engines {
      let w = AlignedBuffer(count)
      let g = AlignedBuffer(count)
      let m = AlignedBuffer(count)
      let v = AlignedBuffer(count)
      for i in 0..<count { w.pointer[i] = start[i] }
      var settings = StepSettings()
      settings.rate = 1e-3
      settings.weightDecay = decay
      for step in 0..<5 {
        for i in 0..<count { g.pointer[i] = gradients[step * count + i] }
        var adam = cn_adam(settings, steps: step + 1, gradientNorm: 1)
        engine.kernels.pointee.adam(
          &adam, w.pointer, g.pointer, m.pointer, v.pointer, Int64(count))
        let found = Array(UnsafeBufferPointer(start: w.pointer, count: count))
        #expect(
          relativeDifference(found, Array(steps[step * count..<(step + 1) * count])) < 1e-6)
      }
      let moment = Array(UnsafeBufferPointer(start: m.pointer, count: count))
      #expect(relativeDifference(moment, try golden("\(name).exp_avg")) < 1e-6)
      let second = Array(UnsafeBufferPointer(start: v.pointer, count: count))
      #expect(relativeDifference(second, try golden("\(name).exp_avg_sq")) < 1e-6)
    }
  }
}
