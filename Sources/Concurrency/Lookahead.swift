import Glibc

/// Elements made one after another by a separate thread, a few ahead of the consumer.
///
/// Unchecked: all state is touched only while `lock` is held; `make` is called by the one thread.
package final class Lookahead<Element: Sendable>: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let make: @Sendable (Int) throws -> Element
  private let range: Range<Int>
  private let depth: Int
  private var ready: [Result<Element, any Error>] = []
  private var taken: Int
  private var failure: (any Error)?
  private var isClosed = false
  private var isRunning = true

  /// Makes the elements of `range` in order, at most `depth` ahead.
  ///
  /// - Precondition: the system has a thread left.
  package init(
    _ range: Range<Int>, depth: Int = 2, _ make: @escaping @Sendable (Int) throws -> Element
  ) {
    (self.range, self.depth, self.make) = (range, depth, make)
    taken = range.lowerBound
    pthread_mutex_init(lock, nil)
    pthread_cond_init(changed, nil)
    SystemThread { [self] in run() }.detach()
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(lock)
    changed.deallocate()
    lock.deallocate()
  }

  /// The next element; nil after the last, and after ``close()``.
  ///
  /// - Throws: what making it threw; after that always the same, because no more are made.
  package func next() throws -> Element? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    if let failure { throw failure }
    guard taken < range.upperBound else { return nil }
    while ready.isEmpty, isRunning { pthread_cond_wait(changed, lock) }
    guard !ready.isEmpty else { return nil }
    taken += 1
    let element = ready.removeFirst()
    if case .failure(let error) = element { failure = error }
    pthread_cond_broadcast(changed)
    return try element.get()
  }

  /// Ends the thread, and waits until it has ended.
  package func close() {
    pthread_mutex_lock(lock)
    isClosed = true
    pthread_cond_broadcast(changed)
    while isRunning { pthread_cond_wait(changed, lock) }
    pthread_mutex_unlock(lock)
  }

  private func run() {
    for index in range {
      pthread_mutex_lock(lock)
      while ready.count >= depth, !isClosed { pthread_cond_wait(changed, lock) }
      let ends = isClosed
      pthread_mutex_unlock(lock)
      if ends { break }
      let element = Result { try make(index) }
      pthread_mutex_lock(lock)
      ready.append(element)
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(lock)
      // Nobody wants what comes after an error.
      if case .failure = element { break }
    }
    pthread_mutex_lock(lock)
    isRunning = false
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(lock)
  }
}
