import Dispatch
import Concurrency

/// The state of one batch.
///
/// Unchecked: every `var` is touched in a turn of `queue` only.
final class BatchState: @unchecked Sendable {
  let limits: Limits
  let queue = TurnQueue()
  let workers = DispatchQueue(label: "calvaria.compute", attributes: .concurrent)
  let ended = DispatchGroup()
  let token = CancellationToken()
  let begun = ContinuousClock.now

  /// Cases that were not opened; nil once opened, so that their values can go.
  var cases: [Submission?] = []
  var nextCase = 0
  /// Whether no case will come any more.
  var isComplete = false
  /// The next case, planned, which waits for memory.
  var candidate: OpenCase?
  /// Cases begun and not ended, oldest first; at most ``Limits/openCases``.
  var open: [OpenCase] = []
  /// Bytes reserved for open cases, and those of results on their way to the observer.
  var reserved = 0
  /// Bytes of results on their way to the observer; part of `reserved`.
  var delivering = 0
  /// Bytes that stages returned beyond what they had declared, until nothing is held any more.
  var excess = 0
  let checkMemory: Scheduler.MemoryCheck
  var freeCores: Int
  /// Threads for files; none where no stage of the graph is of that lane.
  let fileWorkers: [FixedThread]
  /// Places in `fileWorkers`.
  var freeFileWorkers: [Int]
  var busyExecutors: Set<ObjectIdentifier> = []
  var isStopping = false
  var hasEnded = false
  var load = RunLoad()
  var summary = RunSummary()
  var entries: [EventOutbox.Entry] = []
  /// Stages that were counted as running and go to their workers once their events are posted.
  var launches: [() -> Void] = []
  private var mustContinue = false
  /// Set while the batch runs: whoever started it may drop it.
  private var keptAlive: BatchState?
  private var outboxStorage: EventOutbox?
  private let shared = Guarded((load: RunLoad(), summary: RunSummary()))

  /// A case with the graph that it goes through.
  struct Submission {
    let item: Case
    let layout: GraphLayout
  }

  init(
    _ limits: Limits, _ checkMemory: @escaping Scheduler.MemoryCheck, usesFiles: Bool,
    _ observer: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.checkMemory = checkMemory
    // Normalised again, because its members can be set; sums of sizes must not overflow.
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

  /// Adds cases behind those that were submitted, and says whether they are the last.
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

  /// Does all that can be done now; called after everything that happens.
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
    // After the events, or a stage could report before the observer knows that it runs.
    for launch in launches { launch() }
    launches.removeAll(keepingCapacity: true)
    if mustContinue, !outbox.isFull { queue.async { self.advance() } }
    mustContinue = false
    assertInvariants()
  }

  /// Whether more events may be gathered before they are posted; if not, there is another turn.
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

  /// Changes what is reserved for a case.
  func reserve(_ bytes: Int, for item: OpenCase) {
    reserved += bytes - item.reserved
    item.reserved = bytes
  }

  /// Whether a case may have this many bytes reserved instead of what it has.
  func fits(_ bytes: Int, for item: OpenCase) -> Bool {
    bytes <= item.reserved
      || (reserved - item.reserved).saturating(plus: bytes) <= limits.memoryBytes
  }
}
