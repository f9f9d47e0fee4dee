import MessagePassing

/// Adds the gradients of all ranks, those of the last layers while the others are being formed.
///
/// Backward fills the arena of gradients from its end to its begin, because tensors lie in it in the order of forward.
/// So what is ready is always one stretch up to the end, and is sent in a few pieces.
final class GradientExchange {
  let ranks: any RankGroup
  let synchronizesNormalization: Bool
  private let arena: AlignedBuffer
  /// Everything from here on is under way.
  private var unsent: Int

  /// Floats below which a piece waits for more: 1 MiB, large enough that a message's own cost does not
  /// count, small enough that the first goes out early.
  private static let leastPiece = 1 << 18
  /// Floats in a piece, at most.
  private static let mostPiece = 1 << 26

  init(_ parallelism: DataParallelism, _ arena: AlignedBuffer) {
    ranks = parallelism.ranks
    synchronizesNormalization = parallelism.synchronizesNormalization
    self.arena = arena
    unsent = arena.count
  }

  /// Says that all gradients from `offset` on are there; sends them if they are many enough.
  func isReady(from offset: Int) {
    if unsent - offset >= Self.leastPiece { send(from: offset) } else { ranks.advance() }
  }

  /// Sends the rest, and waits for all. The next step begins anew.
  func finish() {
    send(from: 0)
    ranks.finishSums()
    unsent = arena.count
  }

  private func send(from offset: Int) {
    while unsent > offset {
      let begin = max(offset, unsent - Self.mostPiece)
      ranks.beginSum(
        UnsafeMutableBufferPointer(start: arena.pointer + begin, count: unsent - begin))
      unsent = begin
    }
  }
}
