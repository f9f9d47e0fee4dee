/// The linear map between a level's input and its output; the input of the finest has one channel.
enum LevelLink {
  case single(SingleChannelLink)
  case strided(StridedLink)

  /// - Parameter samples: of a minibatch, where the weights' gradients are wanted; otherwise 1.
  init(_ architecture: Architecture, level: Int, samples: Int) {
    self =
      level == 0
      ? .single(SingleChannelLink(finestOf: architecture, samples: samples))
      : .strided(StridedLink(architecture, level: level))
  }
}

extension SingleChannelLink {
  /// The map between the network's grid and the output of its finest level.
  convenience init(finestOf architecture: Architecture, samples: Int) {
    self.init(
      fine: architecture.inputShape, stride: architecture.strides[0],
      coarseChannels: architecture.channels[0], samples: samples)
  }
}

extension StridedLink {
  /// The map between the outputs of the level above and of this one.
  ///
  /// - Precondition: it is not the finest level.
  convenience init(_ architecture: Architecture, level: Int) {
    self.init(
      fine: architecture.shape(afterLevels: level), stride: architecture.strides[level],
      fineChannels: architecture.channels[level - 1], coarseChannels: architecture.channels[level])
  }
}

extension Architecture {
  /// Voxels of a level's output.
  func voxels(ofLevel level: Int) -> Int {
    let shape = shape(afterLevels: level + 1)
    return shape.x * shape.y * shape.z
  }

  /// Floats of a level's output for one sample, its channels in whole blocks.
  func blockedCount(ofLevel level: Int) -> Int {
    channelBlocks(channels[level]) * 16 * voxels(ofLevel: level)
  }
}
