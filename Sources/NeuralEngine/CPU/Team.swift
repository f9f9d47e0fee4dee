import Dispatch
import Synchronization

/// The threads of a network: every loop over tasks runs on all of them.
///
/// Which thread does which task is left open; tasks write disjoint memory and sums over tasks are
/// formed in the order of the tasks, so that results do not depend on the number of threads.
final class Team: Sendable {
  let threads: Int
  /// The next task of the loop that runs; one loop runs at a time.
  private let next = Atomic(0)

  init(threads: Int) { self.threads = max(1, threads) }

  /// Runs `task` for each index below `count`; returns when all are done.
  func run(_ count: Int, _ task: (Int) -> Void) {
    guard threads > 1, count > 1 else {
      for index in 0..<count { task(index) }
      return
    }
    next.store(0, ordering: .relaxed)
    withoutActuallyEscaping(task) { task in
      let work = Work(task: task)
      DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
        while true {
          let index = next.add(1, ordering: .relaxed).oldValue
          if index >= count { break }
          work.task(index)
        }
      }
    }
  }

  /// Unchecked: the closure writes only what belongs to its index, and is done before `run` returns.
  private struct Work: @unchecked Sendable {
    let task: (Int) -> Void
  }
}
