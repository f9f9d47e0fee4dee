import CNeuralKernels

/// A ``StridedLink`` whose fine side has one channel, stored with a halo of one zero voxel: the
/// first convolution of an encoder and the last one of a decoder.
///
/// Weights are [coarse block][tap][16 coarse].
final class SingleChannelLink {
  let fine: cn_grid
  let coarse: cn_grid
  let stride: Int
  let coarseBlocks: Int
  /// Gradients of each sample, before they are added.
  private let partial: AlignedBuffer

  static func weightCount(coarseChannels: Int) -> Int { 27 * channelBlocks(coarseChannels) * 16 }

  init(fine: SIMD3<Int>, stride: Int, coarseChannels: Int, samples: Int) {
    self.fine = cn_grid(fine)
    self.coarse = cn_grid((fine &+ (stride - 1)) / SIMD3(repeating: stride))
    self.stride = stride
    coarseBlocks = channelBlocks(coarseChannels)
    partial = AlignedBuffer(samples * Self.weightCount(coarseChannels: coarseChannels))
  }

  /// Bytes of the samples' gradients.
  static func bytes(coarseChannels: Int, samples: Int) -> Int {
    samples * weightCount(coarseChannels: coarseChannels) * 4
  }

  /// y(coarse) = W x(fine).
  func down(
    _ x: UnsafePointer<Float>, weights: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>,
    samples: Int, _ kernels: UnsafePointer<cn_kernels>, _ team: Team
  ) {
    let depths = Int(coarse.depth)
    team.run(samples * coarseBlocks * depths) { task in
      let depth = task % depths
      let block = task / depths % coarseBlocks
      let sample = task / depths / coarseBlocks
      kernels.pointee.expand(
        fine, coarse, Int64(stride), x + sample * fine.haloed, weights + block * 27 * 16,
        y + (sample * coarseBlocks + block) * coarse.voxels * 16, Int64(depth), Int64(depth + 1))
    }
  }

  /// x(fine) = Wᵀ y(coarse) + bias; the halo is left as it is.
  func up(
    _ y: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: Float,
    to x: UnsafeMutablePointer<Float>, samples: Int, _ kernels: UnsafePointer<cn_kernels>,
    _ team: Team
  ) {
    let depths = Int(fine.depth)
    team.run(samples * depths) { task in
      let (sample, depth) = (task / depths, task % depths)
      kernels.pointee.reduce(
        fine, coarse, Int64(coarseBlocks), Int64(stride),
        y + sample * coarseBlocks * coarse.voxels * 16, weights, bias, x + sample * fine.haloed,
        Int64(depth), Int64(depth + 1))
    }
  }

  /// dW = Σ x(fine) ⊗ y(coarse).
  func weightGradient(
    fine x: UnsafePointer<Float>, coarse y: UnsafePointer<Float>,
    to dw: UnsafeMutablePointer<Float>, samples: Int, _ kernels: UnsafePointer<cn_kernels>,
    _ team: Team
  ) {
    let size = 27 * 16
    team.run(samples * coarseBlocks) { task in
      let sample = task / coarseBlocks
      kernels.pointee.expand_gradient(
        fine, coarse, Int64(stride), x + sample * fine.haloed, y + task * coarse.voxels * 16,
        partial.pointer + task * size)
    }
    for i in 0..<coarseBlocks * size {
      var sum: Float = 0
      for sample in 0..<samples { sum += partial.pointer[sample * coarseBlocks * size + i] }
      dw[i] = sum
    }
  }
}
