public import Errors
import Concurrency
import Dispatch

/// A batch in progress; ``Scheduler`` makes it.
public final class RunningBatch: Sendable {
  private let state: BatchState

  init(_ state: BatchState) {
    self.state = state
    state.begin()
  }

  /// Adds a case to a batch that ``Scheduler/open(observer:)`` started. After ``stop()`` the case
  /// is cancelled.
  ///
  /// The ``CaseID/index`` of its events counts the submissions, from 0.
  ///
  /// - Throws: `Diagnostic` if its values do not match the sources of the graph.
  public func submit(_ item: Case, through layout: GraphLayout) throws(Diagnostic) {
    _ = try layout.values(of: item)
    state.submit([.init(item: item, layout: layout)], isLast: false)
  }

  /// Says that all cases have been submitted; ``submit(_:through:)`` must not be called afterwards.
  public func endOfCases() { state.submit([], isLast: true) }

  /// Blocks until every case has ended and the observer has seen all events.
  ///
  /// Do not call it on a Dispatch worker; use ``summary()`` there.
  public func wait() -> RunSummary {
    state.ended.wait()
    return state.finalSummary
  }

  /// Waits, without blocking a thread, until every case has ended and the observer has seen all
  /// events.
  public func summary() async -> RunSummary {
    await withCheckedContinuation { continuation in
      state.ended.notify(queue: .global()) {
        continuation.resume(returning: self.state.finalSummary)
      }
    }
  }

  /// What the batch is using now.
  public var load: RunLoad { state.sharedLoad }

  /// Lets running stages finish and starts no more; unfinished cases are cancelled.
  public func stop() { state.stop() }

  /// Like ``stop()``, but also cancels the running stages.
  public func cancel() {
    state.token.cancel()
    state.stop()
  }
}
