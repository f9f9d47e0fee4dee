public import NeuralEngine

extension StateDictImport {
  /// What a state dict cannot say of its network.
  public struct Options: Hashable, Sendable {
    /// Voxels along x, y, z; nil: a stride of 2 in each level and x = y = 2z (the paper's) or, where
    /// that does not fit, x = y = z.
    public var inputShape: SIMD3<Int>?
    /// The stride of each level from the top; nil: 2 from the top for as long as the shape takes it,
    /// 1 below.
    public var strides: [Int]?
    /// The normalization, where no tensor shows one; nil: instance normalization, the library's usual.
    public var normalization: Architecture.Normalization?
    /// The activation, where no tensor shows one; nil: ReLU.
    public var activation: Architecture.Activation?
    /// What stands behind the decoder's last convolution.
    public var head = Head.published
    /// Whether a user can state the options; where nobody can, what the tensors leave open is a fault of
    /// the file.
    var canBeStated = true

    /// The options of the published networks.
    public init(
      inputShape: SIMD3<Int>? = nil, strides: [Int]? = nil,
      normalization: Architecture.Normalization? = nil,
      activation: Architecture.Activation? = nil, head: Head = .published
    ) {
      (self.inputShape, self.strides) = (inputShape, strides)
      (self.normalization, self.activation, self.head) = (normalization, activation, head)
    }
  }

  /// What stands between a decoder's last convolution and the softmax.
  public enum Head: String, Hashable, Sendable, CaseIterable {
    /// Nothing, as in networks trained without the published code's slips.
    case plain
    /// A ReLU; and normalization and activation before it, where the tensors show that the last block
    /// has them.
    case published
    /// Normalization, activation and a ReLU, where no tensor can show it: instance normalization with
    /// an activation without slopes.
    case publishedNormalized
  }
}
