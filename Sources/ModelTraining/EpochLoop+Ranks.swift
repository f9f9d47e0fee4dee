import Files
import MessagePassing
import NeuralEngine

/// What the ranks of a training tell each other in an epoch, beside the gradients. Alone, nothing.
extension EpochLoop {
  /// Makes the arrays of a step's losses, which are of this rank's samples, those of all ranks'.
  func share(_ losses: inout StepLosses, of minibatch: MinibatchPlan.Prepared) {
    guard let ranks = trainer.ranks else { return }
    let size = stage == 1 ? architecture.latentSize : 0
    let (count, own) = (minibatch.places.count, minibatch.own)
    // Single precision fits into double; what is not this rank's is 0.
    var values = [Double](repeating: 0, count: count * (2 * size + 1))
    let (means, logVariances) = (own.lowerBound * size, (count + own.lowerBound) * size)
    for (i, value) in losses.mean.enumerated() { values[means + i] = Double(value) }
    for (i, value) in losses.logVariance.enumerated() { values[logVariances + i] = Double(value) }
    for (i, dice) in losses.foregroundDice.enumerated() {
      values[2 * count * size + own.lowerBound + i] = dice
    }
    ranks.sum(&values)
    losses.mean = values[..<(count * size)].map(Float.init)
    losses.logVariance = values[(count * size)..<(2 * count * size)].map(Float.init)
    losses.foregroundDice = Array(values[(2 * count * size)...])
  }

  /// Whether a rank was told to stop.
  func isToStop(_ events: TrainingEvents) -> Bool {
    let isTold = events.shouldStop()
    guard let ranks = trainer.ranks else { return isTold }
    var told = [isTold ? 1.0 : 0]
    ranks.sum(&told)
    return told[0] > 0
  }

  /// Parameters that differ between ranks, in any bit, would drift apart unseen.
  ///
  /// - Throws: ``SharedFailure`` that names a rank.
  func requireEqualParameters(_ state: TrainingCheckpoint) throws {
    guard let ranks = trainer.ranks else { return }
    var hash = SHA256()
    for parameter in state.parameters { parameter.values.withUnsafeBytes { hash.update($0) } }
    try ranks.requireEqual(
      ["parameters": hash.hexDigest()],
      remedy:
        "the ranks compute differently: run them on machines of one kind; what is saved can go on")
  }
}
