import Concurrency

/// The threads of a network: every loop over tasks runs on all of them.
///
/// Which thread does which task is left open; tasks write disjoint memory and sums over tasks are
/// formed in the order of the tasks, so that results do not depend on the number of threads.
struct Team: Sendable {
  let threads: Int

  init(threads: Int) { self.threads = max(1, threads) }

  /// Runs `task` for each index below `count`; returns when all are done.
  func run(_ count: Int, _ task: (Int) -> Void) {
    Parallel.forEach(count, threads: threads) { _, index in task(index) }
  }
}
