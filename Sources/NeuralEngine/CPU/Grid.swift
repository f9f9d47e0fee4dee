import CNeuralKernels

extension cn_grid {
  /// x is the slowest axis (depth) of a network's tensor, z the fastest (width).
  init(_ shape: SIMD3<Int>) {
    self.init(depth: Int64(shape.x), height: Int64(shape.y), width: Int64(shape.z))
  }

  var voxels: Int { Int(depth * height * width) }

  /// Floats of one channel with a halo of one voxel.
  var haloed: Int { Int((depth + 2) * (height + 2) * (width + 2)) }
}

/// Blocks of 16 channels.
func channelBlocks(_ channels: Int) -> Int { (channels + 15) / 16 }
