public import MessagePassing

/// Networks that learn as one, each on samples of its own: the same parameters on every rank after every step.
///
/// Gradients are sums over the samples, so those of all ranks are added. Then `n` ranks with minibatches of `b`
/// do what one does with a minibatch of `n · b`, but for the order of sums.
public struct DataParallelism: Sendable {
  public var ranks: any RankGroup
  /// Whether batch normalization takes its statistics from the samples of all ranks. If not, each rank normalizes by
  /// its own, and the running statistics are the ranks' mean: fewer messages, but other losses.
  public var synchronizesNormalization = true

  public init(ranks: any RankGroup, synchronizesNormalization: Bool = true) {
    (self.ranks, self.synchronizesNormalization) = (ranks, synchronizesNormalization)
  }
}
