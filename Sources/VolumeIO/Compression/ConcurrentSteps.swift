import Dispatch
import Concurrency

/// Steps `0..<count` on several threads, each thread taking the next when it has done one.
enum ConcurrentSteps {
  /// Calls `step` once for every index. After an error no more steps begin, and the first error is
  /// thrown when those under way are done. One thread is the caller's own.
  static func run(
    _ count: Int, threads: Int, _ step: @Sendable (Int) throws -> Void
  ) throws {
    try run(count, threads: threads) { _, index in try step(index) }
  }

  /// Like ``run(_:threads:_:)``; the step is also told which of the threads it runs on.
  static func run(
    _ count: Int, threads: Int, _ step: @Sendable (_ thread: Int, Int) throws -> Void
  ) throws {
    let workers = min(threads, count)
    guard workers > 1 else {
      for index in 0..<count { try step(0, index) }
      return
    }
    struct State: Sendable {
      var next = 0
      var failure: (any Error)?
    }
    let state = Guarded(State())
    withoutActuallyEscaping(step) { step in
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        while let index = state.withLock({ state -> Int? in
          guard state.failure == nil, state.next < count else { return nil }
          state.next += 1
          return state.next - 1
        }) {
          do { try step(worker, index) } catch {
            state.withLock { $0.failure = $0.failure ?? error }
          }
        }
      }
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
