import Dispatch
import Concurrency

/// Delivers events to the observer in order, one at a time, on a queue of its own.
///
/// However often a stage reports progress, at most one report of it waits, and the observer sees
/// the latest fraction. The scheduler bounds all other events by starting nothing while ``isFull``.
final class EventOutbox: Sendable {
  /// How many events may wait; above that, no stage starts.
  static let capacity = 1024

  enum Entry: Sendable {
    case event(RunEvent)
    case progress(ProgressReport)
    /// An entry that has been delivered.
    case none
    /// Work to do after all events before it have been delivered.
    case action(@Sendable () -> Void)
  }

  private struct State {
    var waiting: [Entry] = []
    var undelivered = 0
    var isDelivering = false
    var isBlocking = false
  }

  private let state = Guarded(State())
  private let queue = DispatchQueue(label: "calvaria.events")
  private let observer: @Sendable (RunEvent) -> Void
  private let wake: @Sendable () -> Void

  /// Makes an outbox. `wake` is called when there is room again after ``isFull`` was found true.
  init(
    observer: @escaping @Sendable (RunEvent) -> Void, wake: @escaping @Sendable () -> Void
  ) {
    (self.observer, self.wake) = (observer, wake)
  }

  /// Whether too many events wait. If so, `wake` will be called later.
  var isFull: Bool {
    state.withLock { state in
      state.isBlocking = state.undelivered > Self.capacity
      return state.isBlocking
    }
  }

  func post(_ entries: [Entry]) {
    guard !entries.isEmpty else { return }
    let mustStart = state.withLock { state in
      state.waiting.append(contentsOf: entries)
      state.undelivered += entries.count
      defer { state.isDelivering = true }
      return !state.isDelivering
    }
    if mustStart { queue.async { self.deliver() } }
  }

  private func deliver() {
    while var batch = next() {
      for place in batch.indices {
        // Removed from the batch, so that outputs are freed when the observer lets them go.
        let entry = batch[place]
        batch[place] = .none
        switch entry {
        case .none: break
        case .event(let event): observer(event)
        case .progress(let report):
          if let event = report.take() { observer(event) }
        case .action(let work): work()
        }
        let hasRoom = state.withLock { state in
          state.undelivered -= 1
          guard state.isBlocking, state.undelivered <= Self.capacity / 2 else { return false }
          state.isBlocking = false
          return true
        }
        if hasRoom { wake() }
      }
    }
  }

  private func next() -> [Entry]? {
    state.withLock { state -> [Entry]? in
      state.isDelivering = !state.waiting.isEmpty
      guard state.isDelivering else { return nil }
      defer { state.waiting = [] }
      return state.waiting
    }
  }
}

/// The progress of one run of a stage; at most one report of it waits for the observer.
final class ProgressReport: Sendable {
  private struct State {
    var fraction = 0.0
    var isWaiting = false
    var isClosed = false
  }

  private let id: CaseID
  private let stage: String
  private let state = Guarded(State())

  init(_ id: CaseID, stage: String) { (self.id, self.stage) = (id, stage) }

  /// Stores the fraction and returns whether the report must be posted.
  func update(_ fraction: Double) -> Bool {
    state.withLock { state in
      guard !state.isClosed, fraction.isFinite else { return false }
      state.fraction = min(max(fraction, 0), 1)
      defer { state.isWaiting = true }
      return !state.isWaiting
    }
  }

  /// Ignores all further reports; called when the stage has returned.
  func close() { state.withLock { $0.isClosed = true } }

  /// The latest fraction, as an event.
  func take() -> RunEvent? {
    let fraction = state.withLock { state in
      state.isWaiting = false
      return state.fraction
    }
    return .progress(id, stage: stage, fraction: fraction)
  }
}
