/// The one loop of workers: threads of their own that take items until none is left.
///
/// For work that waits, for a file or a lock, which must not keep Dispatch's threads (``Parallel``)
/// from computing. Calls may nest: each has threads of its own.
public enum Workers {
  /// Hands each item that `next` gives to `body`, on `threads` threads; returns when all have ended.
  ///
  /// - Parameters:
  ///   - threads: at least one is started, so that the caller's thread runs no item.
  ///   - next: called by every thread whenever it has nothing to do; nil ends that thread.
  public static func run<Item>(
    threads: Int, next: @Sendable () -> Item?, _ body: @Sendable (Item) -> Void
  ) {
    withoutActuallyEscaping(next) { next in
      withoutActuallyEscaping(body) { body in
        let started = (0..<max(1, threads)).map { _ in
          SystemThread { while let item = next() { body(item) } }
        }
        for thread in started { thread.join() }
      }
    }
  }

  /// What `body` makes of each index below `count`, in order, on at most `threads` threads.
  ///
  /// After an error no more calls begin, and those under way end.
  ///
  /// - Parameter isStopped: asked before each call; once true no more begin.
  /// - Returns: a result for each index; nil for one that was not begun.
  /// - Throws: of several errors that of the lowest index.
  public static func map<Result: Sendable, Failure: Error>(
    _ count: Int, threads: Int, until isStopped: @Sendable () -> Bool = { false },
    _ body: @Sendable (_ index: Int) throws(Failure) -> Result
  ) throws(Failure) -> [Result?] {
    let state = Guarded(MapState<Result, Failure>(count: count))
    run(
      threads: min(threads, count),
      next: { () -> Int? in
        if isStopped() { return nil }
        return state.withLock { state in
          guard state.failure == nil, state.next < count else { return nil }
          state.next += 1
          return state.next - 1
        }
      },
      { (index: Int) in
        do throws(Failure) {
          let result = try body(index)
          state.withLock { $0.results[index] = result }
        } catch {
          state.withLock { state in
            if state.failure.map({ index < $0.index }) ?? true { state.failure = (index, error) }
          }
        }
      })
    if let failure = state.withLock({ $0.failure }) { throw failure.error }
    return state.withLock { $0.results }
  }
}

/// What the threads of ``Workers/map(_:threads:until:_:)`` share.
private struct MapState<Result: Sendable, Failure: Error>: Sendable {
  var next = 0
  var results: [Result?]
  var failure: (index: Int, error: Failure)?

  init(count: Int) { results = [Result?](repeating: nil, count: count) }
}
