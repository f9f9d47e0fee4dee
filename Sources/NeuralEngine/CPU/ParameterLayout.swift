import Errors

/// Where the engine keeps each tensor of a network, and how its own order maps to the reference's.
struct ParameterLayout {
  /// How a tensor is arranged inside.
  enum Arrangement {
    /// As in the reference.
    case plain
    /// [coarse][fine][27] → [coarse block][tap][fine block][16][16].
    case link(fine: Int, coarse: Int)
    /// [coarse][1][27] → [coarse block][tap][16].
    case single(coarse: Int)
    /// [coarse][2][27] → [class][coarse block][tap][16].
    case pair(coarse: Int)
    /// [features] → [block][voxel][16], features being (channel, voxel).
    case features(channels: Int, voxels: Int)
    /// [latent][features] → [latent][blocked features].
    case featureRows(latent: Int, channels: Int, voxels: Int)
    /// [features][latent] → [latent][blocked features].
    case featureColumns(latent: Int, channels: Int, voxels: Int)
  }

  struct Segment {
    let name: String
    let shape: [Int]
    let arrangement: Arrangement
    /// Floats from the arena's begin.
    let offset: Int
    /// Floats inside, padding included; a multiple of 16.
    let count: Int
    /// Whether Adam changes it; running statistics it does not.
    let isLearned: Bool

    var referenceCount: Int { shape.reduce(1, *) }

    /// Calls `body` with each position in the reference's order and its position inside.
    func forEach(_ body: (_ reference: Int, _ inside: Int) -> Void) {
      switch arrangement {
      case .plain:
        for i in 0..<referenceCount { body(i, i) }
      case .link(let fine, let coarse):
        let fineBlocks = channelBlocks(fine)
        for c in 0..<coarse {
          for f in 0..<fine {
            for tap in 0..<27 {
              let tile = ((c / 16) * 27 + tap) * fineBlocks + f / 16
              body((c * fine + f) * 27 + tap, tile * 256 + (f % 16) * 16 + c % 16)
            }
          }
        }
      case .single(let coarse):
        for c in 0..<coarse {
          for tap in 0..<27 { body(c * 27 + tap, ((c / 16) * 27 + tap) * 16 + c % 16) }
        }
      case .pair(let coarse):
        let size = channelBlocks(coarse) * 27 * 16
        for c in 0..<coarse {
          for k in 0..<2 {
            for tap in 0..<27 {
              body((c * 2 + k) * 27 + tap, k * size + ((c / 16) * 27 + tap) * 16 + c % 16)
            }
          }
        }
      case .features(let channels, let voxels):
        for c in 0..<channels {
          for v in 0..<voxels { body(c * voxels + v, ((c / 16) * voxels + v) * 16 + c % 16) }
        }
      case .featureRows(let latent, let channels, let voxels):
        let row = channelBlocks(channels) * voxels * 16
        for l in 0..<latent {
          for c in 0..<channels {
            for v in 0..<voxels {
              body(
                (l * channels + c) * voxels + v,
                l * row + ((c / 16) * voxels + v) * 16 + c % 16)
            }
          }
        }
      case .featureColumns(let latent, let channels, let voxels):
        let row = channelBlocks(channels) * voxels * 16
        for c in 0..<channels {
          for v in 0..<voxels {
            for l in 0..<latent {
              body(
                (c * voxels + v) * latent + l,
                l * row + ((c / 16) * voxels + v) * 16 + c % 16)
            }
          }
        }
      }
    }
  }

  /// In the reference network's order.
  private(set) var segments: [Segment] = []
  /// Floats of all segments.
  private(set) var count = 0

  init(_ architecture: Architecture, decoderOnly: Bool) {
    let last = architecture.shape(afterLevels: architecture.strides.count)
    let voxels = last.x * last.y * last.z
    let channels = architecture.channels.last ?? 1
    for (name, shape) in architecture.parameterShapes(decoderOnly: decoderOnly) {
      let arrangement: Arrangement
      var count = shape.reduce(1, *)
      if shape.count == 5 {
        // Both kinds of convolution store (coarse, fine, 3, 3, 3). By name, not by shape: any level
        // may have one channel.
        if name == "encode.encode_0.conv.weight" {
          arrangement = .single(coarse: shape[0])
          count = SingleChannelLink.weightCount(coarseChannels: shape[0])
        } else if name == "decode.decode_\(architecture.channels.count - 1).conv.conv.weight" {
          arrangement = .pair(coarse: shape[0])
          count = 2 * SingleChannelLink.weightCount(coarseChannels: shape[0])
        } else {
          arrangement = .link(fine: shape[1], coarse: shape[0])
          count = StridedLink.weightCount(fineChannels: shape[1], coarseChannels: shape[0])
        }
      } else if name == "mu.weight" || name == "logvar.weight" {
        arrangement = .featureRows(latent: shape[0], channels: channels, voxels: voxels)
        count = shape[0] * channelBlocks(channels) * voxels * 16
      } else if name == "decodeL.weight" {
        arrangement = .featureColumns(latent: shape[1], channels: channels, voxels: voxels)
        count = shape[1] * channelBlocks(channels) * voxels * 16
      } else if name == "decodeL.bias" {
        arrangement = .features(channels: channels, voxels: voxels)
        count = channelBlocks(channels) * voxels * 16
      } else {
        arrangement = .plain
      }
      count = (count + 15) / 16 * 16
      segments.append(
        Segment(
          name: name, shape: shape, arrangement: arrangement, offset: self.count, count: count,
          isLearned: !name.hasSuffix("running_mean") && !name.hasSuffix("running_var")))
      self.count += count
    }
  }

  /// The offset of a tensor; nil where the network has none of this name.
  func offset(of name: String) -> Int? { segments.first { $0.name == name }?.offset }

  /// Reads tensors out of an arena.
  func parameters(
    from arena: UnsafePointer<Float>, suffix: String = "", learnedOnly: Bool = false
  ) -> [Parameter] {
    segments.filter { $0.isLearned || !learnedOnly }.map { segment in
      let base = arena + segment.offset
      var values = [Float](repeating: 0, count: segment.referenceCount)
      segment.forEach { values[$0] = base[$1] }
      return Parameter(name: segment.name + suffix, shape: segment.shape, values: values)
    }
  }

  /// Writes tensors into an arena.
  ///
  /// - Throws: `Diagnostic` where one is missing, of another shape, or not of this network.
  func set(
    _ parameters: [Parameter], into arena: UnsafeMutablePointer<Float>, suffix: String = "",
    learnedOnly: Bool = false
  ) throws(Diagnostic) {
    let wanted = segments.filter { $0.isLearned || !learnedOnly }
    var given: [String: Parameter] = [:]
    for parameter in parameters { given[parameter.name] = parameter }
    for segment in wanted {
      let name = segment.name + suffix
      guard let parameter = given[name] else {
        throw Diagnostic(
          .badParameters, field: name, expected: "a tensor of shape \(segment.shape)",
          found: "none", remedy: "use the parameters of this architecture")
      }
      guard parameter.shape == segment.shape else {
        throw Diagnostic(
          .badParameters, field: name, expected: "shape \(segment.shape)",
          found: "\(parameter.shape)", remedy: "use the parameters of this architecture")
      }
    }
    if let surplus = parameters.first(where: { parameter in
      !wanted.contains { $0.name + suffix == parameter.name }
    }) {
      throw Diagnostic(
        .badParameters, field: surplus.name, expected: "no such tensor", found: "one",
        remedy: "use the parameters of this architecture")
    }
    for segment in wanted {
      let base = arena + segment.offset
      base.update(repeating: 0, count: segment.count)
      let values = given[segment.name + suffix]!.values
      segment.forEach { base[$1] = values[$0] }
    }
  }
}
