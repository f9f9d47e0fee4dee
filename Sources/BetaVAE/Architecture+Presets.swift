public import NeuralEngine

extension Architecture {
  /// The ready architectures, by the name that training files use: the reference network at three
  /// sizes, latent size 32.
  public static let presets: [String: Architecture] = [
    // Five levels: 2 × 2 × 1 places of 128 channels before the latent.
    "64x64x32": Architecture(
      inputShape: SIMD3(64, 64, 32), channels: [32, 64, 64, 128, 128]),
    // Five levels: 4 × 4 × 2 places of 128 channels.
    "128x128x64": Architecture(
      inputShape: SIMD3(128, 128, 64), channels: [32, 64, 64, 128, 128]),
    // Six levels, the paper's: 4 × 4 × 2 places of 256 channels.
    "256x256x128": Architecture(
      inputShape: SIMD3(256, 256, 128), channels: [32, 64, 64, 128, 128, 256]),
  ]

  /// Whether a tensor belongs to the encoder (with the two linear layers) or to the decoder.
  package static func isEncoder(_ name: String) -> Bool {
    name.hasPrefix("encode.") || name.hasPrefix("mu.") || name.hasPrefix("logvar.")
  }

  /// The input shape as text along x, y, z, such as `64x64x32`.
  public var shapeText: String { "\(inputShape.x)x\(inputShape.y)x\(inputShape.z)" }
}
