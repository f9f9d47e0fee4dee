import Dispatch
import Concurrency

/// The state of one batch, behind ``RunningBatch``.
///
/// `@unchecked Sendable`: every `var` is touched only by work that runs on `queue`.
final class BatchState: @unchecked Sendable {
  let limits: Limits
  let queue = TurnQueue()
  let workers = DispatchQueue(label: "calvaria.compute", attributes: .concurrent)
  let ended = DispatchGroup()
  let token = CancellationToken()
  let begun = ContinuousClock.now

  /// The submitted cases; nil once opened, so that their values can be freed.
  var cases: [Submission?] = []
  var nextCase = 0
  /// Whether all cases have been submitted.
  var isComplete = false
  /// The next case to open, planned and waiting for memory.
  var candidate: OpenCase?
  /// Open cases, oldest first; at most ``Limits/openCases``.
  var open: [OpenCase] = []
  /// Bytes reserved for open cases and for outputs that the observer has yet to see.
  var reserved = 0
  /// Bytes of outputs that the observer has yet to see; part of `reserved`.
  var delivering = 0
  /// Bytes by which outputs exceeded what their stages declared; back to 0 when no bytes are in
  /// use.
  var excess = 0
  let checkMemory: Scheduler.MemoryCheck
  var freeCores: Int
  /// Threads for the lane ``Lane/files``; empty if no stage of the graph uses it.
  let fileWorkers: [FixedThread]
  /// Indices into `fileWorkers`.
  var freeFileWorkers: [Int]
  var busyExecutors: Set<ObjectIdentifier> = []
  var isStopping = false
  var hasEnded = false
  var load = RunLoad()
  var summary = RunSummary()
  var entries: [EventOutbox.Entry] = []
  /// Stages counted as running, to be sent to their workers once their events are posted.
  var launches: [() -> Void] = []
  private var mustContinue = false
  /// Keeps the state alive while the batch runs, even if the caller drops the ``RunningBatch``.
  private var keptAlive: BatchState?
  private var outboxStorage: EventOutbox?
  private let shared = Guarded((load: RunLoad(), summary: RunSummary()))

  /// A case with the graph to run it through.
  struct Submission {
    let item: Case
    let layout: GraphLayout
  }

  init(
    _ limits: Limits, _ checkMemory: @escaping Scheduler.MemoryCheck, usesFiles: Bool,
    _ observer: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.checkMemory = checkMemory
    // Clamped again because the properties can be set; the bound keeps sums from overflowing.
    self.limits = Limits(
      width: limits.width, memoryBytes: min(limits.memoryBytes, .max / 4),
      fileWorkers: limits.fileWorkers)
    let limits = self.limits
    freeCores = limits.width
    fileWorkers = (0..<(usesFiles ? limits.fileWorkers : 0)).map { _ in FixedThread() }
    freeFileWorkers = Array(fileWorkers.indices)
    let wake = { @Sendable [weak self] in
      guard let self else { return }
      self.queue.async { self.advance() }
    }
    outboxStorage = EventOutbox(observer: observer, wake: wake)
  }

  var outbox: EventOutbox { outboxStorage! }

  // MARK: From any thread

  var finalSummary: RunSummary { shared.withLock(\.summary) }
  var sharedLoad: RunLoad { shared.withLock(\.load) }

  func begin() {
    ended.enter()
    queue.async {
      self.keptAlive = self
      self.advance()
    }
  }

  /// Appends cases; `isLast` says that no more will follow.
  func submit(_ submissions: [Submission], isLast: Bool) {
    queue.async {
      self.cases.append(contentsOf: submissions)
      if isLast { self.isComplete = true }
      self.advance()
    }
  }

  func stop() {
    queue.async {
      self.isStopping = true
      self.advance()
    }
  }

  // MARK: On the queue

  /// Does everything that can be done now. Called after every change of state.
  func advance() {
    assert(queue.isBusy)
    guard !hasEnded else { return }
    repeat {
      if isStopping { endIdleCases() }
      grantWaitingCases()
      startStages()
    } while refuseAtStandstill()
    load.openCases = open.count
    summary.peak.openCases = max(summary.peak.openCases, open.count)
    endIfDone()
    shared.withLock { $0.load = load }
    outbox.post(entries)
    entries.removeAll(keepingCapacity: true)
    // After the events: otherwise a stage could report before the observer knows that it runs.
    for launch in launches { launch() }
    launches.removeAll(keepingCapacity: true)
    if mustContinue, !outbox.isFull { queue.async { self.advance() } }
    mustContinue = false
    assertInvariants()
  }

  /// Whether more events may be collected in this turn. If not, another turn follows.
  var hasRoomForEntries: Bool {
    if entries.count >= EventOutbox.capacity { mustContinue = true }
    return !mustContinue
  }

  func post(_ event: RunEvent) { entries.append(.event(event)) }

  private func endIfDone() {
    guard isComplete, open.isEmpty, candidate == nil, nextCase == cases.count, delivering == 0
    else { return }
    hasEnded = true
    keptAlive = nil
    summary.seconds = (ContinuousClock.now - begun) / .seconds(1)
    let result = summary
    entries.append(
      .action {
        self.shared.withLock { $0.summary = result }
        self.ended.leave()
      })
  }

  /// Replaces the reservation of a case.
  func reserve(_ bytes: Int, for item: OpenCase) {
    reserved += bytes - item.reserved
    item.reserved = bytes
  }

  /// Whether the reservation of a case can be replaced by this many bytes.
  func fits(_ bytes: Int, for item: OpenCase) -> Bool {
    bytes <= item.reserved
      || (reserved - item.reserved).saturating(plus: bytes) <= limits.memoryBytes
  }
}
