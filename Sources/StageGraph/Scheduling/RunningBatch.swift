import Dispatch

/// A batch that was started.
public final class RunningBatch: Sendable {
  private let state: BatchState

  init(_ state: BatchState) { self.state = state }

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
