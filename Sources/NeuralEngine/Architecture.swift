public import Errors

/// A convolutional variational autoencoder as data: what an engine needs to know to build one.
///
/// The encoder is one block a level: convolution (kernel 3, padding 1) → normalization → activation;
/// then two linear layers give the mean and the log variance of the posterior. The decoder is a
/// linear layer, ReLU, and one block a level: transposed convolution (kernel 3, padding 1, output
/// padding stride − 1) → normalization → activation, the last one the convolution alone, with two
/// output channels (background, foreground).
///
/// *Source*: MONAI's `VarAutoEncoder` with the arguments of Li et al. 2022.
public struct Architecture: Hashable, Sendable {
  /// What stands between a convolution and its activation.
  public enum Normalization: String, Hashable, Sendable, CaseIterable {
    /// Over minibatch and voxels, with running statistics for inference; learned scale and shift.
    case batch
    /// Over the voxels of each sample, without parameters.
    case instance
    /// No normalization: the activation follows the convolution directly.
    case none
  }

  public enum Activation: Hashable, Sendable {
    /// One learned slope a block for negative values, at first 0.25.
    case prelu
    /// max(0, x), without parameters.
    case relu
    /// A fixed slope for negative values.
    case leakyReLU(slope: Float)
  }

  /// What is done to the last convolution's two channels before the softmax.
  public enum Head: String, Hashable, Sendable, CaseIterable {
    /// Nothing: the two channels are the logits.
    case logits
    /// A ReLU, as the published code has it; for inference with imported weights only.
    case reluLogits
    /// Batch normalization, PReLU and a ReLU, as the published decoupled decoder has them; for
    /// inference with imported weights only.
    case normalizedReluLogits
  }

  /// Voxels along x, y, z; z is the fastest axis of a network's tensor.
  public var inputShape: SIMD3<Int>
  /// Channels of each level's output, from the input down.
  public var channels: [Int]
  /// The stride of each level, 1 or 2, the same along every axis.
  public var strides: [Int]
  public var latentSize: Int
  /// The normalization of all blocks.
  public var normalization: Normalization
  /// The activation of all blocks.
  public var activation: Activation
  public var head: Head

  /// An architecture; by default that of the paper in all but its sizes.
  public init(
    inputShape: SIMD3<Int>, channels: [Int], strides: [Int]? = nil, latentSize: Int = 32,
    normalization: Normalization = .batch, activation: Activation = .prelu, head: Head = .logits
  ) {
    self.inputShape = inputShape
    self.channels = channels
    self.strides = strides ?? channels.map { _ in 2 }
    self.latentSize = latentSize
    self.normalization = normalization
    self.activation = activation
    self.head = head
  }

  /// Voxels of the input, x · y · z.
  public var voxels: Int { inputShape.x * inputShape.y * inputShape.z }

  /// The shape of the output of the first `levels` levels, in voxels along x, y, z.
  public func shape(afterLevels levels: Int) -> SIMD3<Int> {
    strides.prefix(levels).reduce(inputShape) { $0 / SIMD3(repeating: $1) }
  }

  /// Values a sample between the encoder's last block and the linear layers.
  public var features: Int {
    let last = shape(afterLevels: strides.count)
    return (channels.last ?? 1) * last.x * last.y * last.z
  }

  /// Throws where no network can be built.
  ///
  /// - Throws: `Diagnostic` that names the field.
  public func validate() throws(Diagnostic) {
    func require(
      _ holds: Bool, _ field: String, _ expected: String, _ found: String
    ) throws(Diagnostic) {
      if !holds {
        throw Diagnostic(.badArchitecture, field: field, expected: expected, found: found)
      }
    }
    let shape = "\(inputShape.x)x\(inputShape.y)x\(inputShape.z)"
    for axis in 0..<3 {
      try require(
        (1...1024).contains(inputShape[axis]), "input shape", "1 to 1024 voxels along each axis",
        shape)
    }
    try require(
      (1...10).contains(channels.count), "channels", "1 to 10 levels", "\(channels.count)")
    try require(
      channels.allSatisfy { (1...1024).contains($0) }, "channels", "1 to 1024 in each level",
      "\(channels)")
    try require(
      strides.count == channels.count, "strides", "one a level (\(channels.count))",
      "\(strides.count)")
    try require(
      strides.allSatisfy { $0 == 1 || $0 == 2 }, "strides", "1 or 2 in each level", "\(strides)")
    let factor = strides.reduce(1, *)
    for axis in 0..<3 {
      try require(
        inputShape[axis] % factor == 0, "input shape",
        "a multiple of \(factor) (the product of the strides) along each axis", shape)
    }
    try require(
      (1...4096).contains(latentSize), "latent size", "1 to 4096", "\(latentSize)")
    if case .leakyReLU(let slope) = activation {
      try require(
        slope.isFinite && slope >= 0 && slope < 1, "activation", "a slope from 0 to below 1",
        "\(slope)")
    }
  }
}
