import Dispatch
import Concurrency

/// Runs pieces of work one at a time, in order, on the threads that submit them.
///
/// A worker that finishes a stage runs the scheduler itself and so finds its next stage without
/// waking another thread, which would cost more than the scheduling. Nobody waits: if the queue is
/// busy, the work is enqueued and the caller returns. After a few pieces, the rest moves to a spare
/// thread, so that no worker is kept from its lane for long.
final class TurnQueue: Sendable {
  private struct State {
    var waiting: [@Sendable () -> Void] = []
    var isBusy = false
  }

  private static let turnLength = 32
  private let state = Guarded(State())
  // Serial queues get threads beyond the number of cores, so busy compute workers cannot starve it.
  private let spare = DispatchQueue(label: "calvaria.scheduler")

  /// Runs the work on this thread, or enqueues it if the queue is busy.
  func take(_ work: @escaping @Sendable () -> Void) {
    let mustRun = state.withLock { state in
      state.waiting.append(work)
      defer { state.isBusy = true }
      return !state.isBusy
    }
    if mustRun { run() }
  }

  /// Enqueues the work from another thread, for callers that must not run it themselves.
  func async(_ work: @escaping @Sendable () -> Void) { spare.async { self.take(work) } }

  /// Whether work is running; code that touches the state asserts it.
  var isBusy: Bool { state.withLock(\.isBusy) }

  private func run() {
    var left = Self.turnLength
    while true {
      let batch = state.withLock { state -> [@Sendable () -> Void] in
        state.isBusy = !state.waiting.isEmpty
        defer { state.waiting = [] }
        return state.waiting
      }
      if batch.isEmpty { return }
      for work in batch { work() }
      left -= batch.count
      if left <= 0 {
        spare.async { self.run() }
        return
      }
    }
  }
}
