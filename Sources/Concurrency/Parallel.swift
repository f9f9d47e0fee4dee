import Dispatch
import Synchronization

/// The one parallel loop of the program, for work that computes: on Dispatch's workers and the
/// caller's own thread, which none of the work may keep waiting for a file or a lock. For work that
/// waits there is ``Workers``.
public enum Parallel {
  /// Calls `body` once for each index below `count`, on at most `threads` threads at once; returns
  /// when all calls have ended.
  ///
  /// A thread takes the next index when it is done with one, so which thread takes which is open:
  /// calls write different memory, and what they write must not depend on the thread. After an error
  /// no more calls begin. A body may run a loop of its own. One thread is the caller's without
  /// Dispatch.
  ///
  /// - Parameter body: told which of the threads it is on, from 0, for scratch memory, and the index.
  /// - Throws: the error that came first.
  /// - Complexity: about 1 µs beside the calls.
  public static func forEach<Failure: Error>(
    _ count: Int, threads: Int, _ body: (_ thread: Int, _ index: Int) throws(Failure) -> Void
  ) throws(Failure) {
    let workers = min(threads, count)
    guard workers > 1 else {
      for index in 0..<max(0, count) { try body(0, index) }
      return
    }
    var failure: Failure?
    let next = Atomic(0)
    let hasFailed = Atomic(false)
    withUnsafeMutablePointer(to: &failure) { failure in
      withoutActuallyEscaping(body) { body in
        let work = Work(body: body, failure: failure)
        DispatchQueue.concurrentPerform(iterations: workers) { thread in
          while !hasFailed.load(ordering: .relaxed) {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { break }
            do throws(Failure) { try work.body(thread, index) } catch {
              if !hasFailed.exchange(true, ordering: .relaxed) { work.failure.pointee = error }
            }
          }
        }
      }
    }
    if let failure { throw failure }
  }

  /// What the threads of a loop share.
  private struct Work<Failure: Error>: @unchecked Sendable {
    // Invariant behind @unchecked: calls write different memory, `failure` is written by the one that
    // fails first, and all are done before `forEach` returns.
    let body: (Int, Int) throws(Failure) -> Void
    let failure: UnsafeMutablePointer<Failure?>
  }
}
