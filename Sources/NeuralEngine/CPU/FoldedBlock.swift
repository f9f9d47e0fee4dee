import CNeuralKernels

/// A block for inference: what its normalization multiplies with, where the statistics are fixed, is
/// folded into the convolution's weights.
struct FoldedBlock {
  let link: LevelLink
  /// Where its weights are in the arena.
  let weight: Int
  /// What is added before the activation: [block][16].
  let shift: AlignedBuffer
  let slope: Float
  let channels: Int
  /// Voxels of its output.
  let voxels: Int

  /// A block of the encoder.
  init(
    encoder level: Int, of architecture: Architecture, _ tensors: InferenceTensors,
    _ layout: ParameterLayout, _ arena: AlignedBuffer
  ) {
    self.init(
      "encode.encode_\(level)", LevelLink(architecture, level: level, samples: 1),
      channels: architecture.channels[level], voxels: architecture.voxels(ofLevel: level), tensors,
      layout, arena, outputIsCoarse: true)
  }

  /// A block of the decoder: from the output of `level` up to that of the level above.
  init(
    decoder level: Int, of architecture: Architecture, _ tensors: InferenceTensors,
    _ layout: ParameterLayout, _ arena: AlignedBuffer, _ team: Team
  ) {
    let link = StridedLink(architecture, level: level)
    self.init(
      "decode.decode_\(architecture.channels.count - 1 - level).conv", .strided(link),
      channels: architecture.channels[level - 1], voxels: architecture.voxels(ofLevel: level - 1),
      tensors, layout, arena, outputIsCoarse: false)
    link.packForUp(arena.pointer + weight, team)
  }

  private init(
    _ stem: String, _ link: LevelLink, channels: Int, voxels: Int, _ tensors: InferenceTensors,
    _ layout: ParameterLayout, _ arena: AlignedBuffer, outputIsCoarse: Bool
  ) {
    (self.link, self.channels, self.voxels) = (link, channels, voxels)
    weight = layout.offset(of: "\(stem).conv.weight")!
    slope = tensors.slope(of: stem)
    shift = AlignedBuffer(channelBlocks(channels) * 16)
    let affines = tensors.affines(of: stem, channels: channels)
    for c in 0..<channels { shift.pointer[c] = affines[c].shift }
    fold(affines, into: arena, outputIsCoarse: outputIsCoarse)
  }

  /// Multiplies the weights of each output channel.
  ///
  /// - Parameter outputIsCoarse: a convolution's; otherwise a transposed convolution's.
  private func fold(_ affines: [ChannelAffine], into arena: AlignedBuffer, outputIsCoarse: Bool) {
    let base = arena.pointer + weight
    switch link {
    case .single(let link):
      for i in 0..<link.coarseBlocks * 27 * 16 {
        let c = i / (27 * 16) * 16 + i % 16
        base[i] *= c < channels ? affines[c].scale : 0
      }
    case .strided(let link):
      for i in 0..<link.coarseBlocks * 27 * link.fineBlocks * 256 {
        let tile = i / 256
        let coarse = tile / (27 * link.fineBlocks) * 16 + i % 16
        let fine = tile % link.fineBlocks * 16 + i % 256 / 16
        let c = outputIsCoarse ? coarse : fine
        base[i] *= c < channels ? affines[c].scale : 0
      }
    }
  }
}
