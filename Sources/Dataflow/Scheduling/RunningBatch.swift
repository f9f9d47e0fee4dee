import Concurrency
import Dispatch

/// A batch that was started.
public final class RunningBatch: Sendable {
  private let state: BatchState

  init(_ state: BatchState) {
    self.state = state
    state.begin()
  }

  /// Adds a case behind those that were submitted before; for batches that ``Scheduler/open(observer:)``
  /// started. After ``stop()`` it is cancelled.
  ///
  /// The ``CaseID/index`` of its events counts the submissions, from 0.
  ///
  /// - Throws: ``CaseError`` where it does not bring what the graph wants.
  public func submit(_ item: Case, through layout: GraphLayout) throws(CaseError) {
    _ = try layout.values(of: item)
    state.submit([.init(item: item, layout: layout)], isLast: false)
  }

  /// Says that no case will come any more; none may be submitted after it.
  public func endOfCases() { state.submit([], isLast: true) }

  /// Waits until every case has ended and the observer was told.
  ///
  /// To be called from a thread that is no Dispatch worker, such as the main one; elsewhere use
  /// ``summary()``.
  public func wait() -> RunSummary {
    state.ended.wait()
    return state.finalSummary
  }

  /// Waits until every case has ended and the observer was told, without holding a thread.
  public func summary() async -> RunSummary {
    await withCheckedContinuation { continuation in
      state.ended.notify(queue: .global()) {
        continuation.resume(returning: self.state.finalSummary)
      }
    }
  }

  /// What the batch takes at this moment.
  public var load: RunLoad { state.sharedLoad }

  /// Lets the running stages end and starts no more; cases that are not done by then are cancelled.
  public func stop() { state.stop() }

  /// Like ``stop()``, and tells the running stages to end at once.
  public func cancel() {
    state.token.cancel()
    state.stop()
  }
}
