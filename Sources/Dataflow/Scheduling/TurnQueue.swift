import Dispatch
import Concurrency

/// Runs pieces of work one after another, in order, on whichever thread brings them.
///
/// A worker that ends a stage looks after the scheduler itself and so finds its next stage without
/// waking another thread, which would cost more than the scheduling. Nobody waits: who comes while
/// another has the turn leaves the work there and goes. After a few pieces the turn passes to a
/// thread of its own, so that no worker is kept from its lane.
final class TurnQueue: Sendable {
  private struct State {
    var waiting: [@Sendable () -> Void] = []
    var isBusy = false
  }

  private static let turnLength = 32
  private let state = Guarded(State())
  // Serial queues have threads beyond the number of cores: busy compute workers cannot starve it.
  private let spare = DispatchQueue(label: "calvaria.scheduler")

  /// Runs the work in its turn, on this thread where it is free.
  func take(_ work: @escaping @Sendable () -> Void) {
    let mustRun = state.withLock { state in
      state.waiting.append(work)
      defer { state.isBusy = true }
      return !state.isBusy
    }
    if mustRun { run() }
  }

  /// Runs the work in its turn, on another thread: for callers that have other things to do.
  func async(_ work: @escaping @Sendable () -> Void) { spare.async { self.take(work) } }

  /// Whether somebody has the turn; what touches the state asserts it.
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
