import Accounts
import DataSets
import Dispatch
import Files
import Foundation
import Concurrency
import Dataflow
import Pipelines
import Stages
import Volumes

/// One pass over the cases of a batch. Some threads hash and plan cases ahead, the scheduler runs what has
/// to be done, and each case is written to the journal as soon as it ends.
public final class BatchWork: Sendable {
  private let run: BatchRun
  private let isDryRun: Bool
  private let explains: Bool
  private let observer: @Sendable (BatchEvent) -> Void
  private let begin = ContinuousClock.now
  /// How many cases may be planned but not ended: enough to keep every worker busy, and few enough that
  /// hashed files are still in the system's file cache when they are read.
  private let slots: DispatchSemaphore
  private let underway = DispatchGroup()
  /// Signalled when the run is stopped; each thread that it wakes wakes the next.
  private let stopped = DispatchSemaphore(value: 0)
  /// The thread that writes the journal: a journal on a server may be slow, and events must not wait.
  private let endings = FixedThread()
  private let folders = OutputFolders()

  private struct State: Sendable {
    var next = 0
    var isStopping = false
    /// Planned cases that wait for those before them, by their index among the selected.
    var ready: [Int: Planned] = [:]
    var nextReady = 0
    /// The case of each submission to the scheduler.
    var submitted: [Submission] = []
    var layouts: [[CasePlan.State]: GraphLayout] = [:]
    var attempts: [Int: Int] = [:]
    var outcomes: [Int: CaseOutcome] = [:]
    var hashing: [RunTrace.Span] = []
    var reused = 0
    var batch: RunningBatch?
  }
  /// A planned case, and what is given to the scheduler; nil if there is nothing to run.
  private struct Planned: Sendable {
    var item: PreparedCase
    var work: (plan: CasePlan, values: Case, layout: GraphLayout)?
  }
  private struct Submission: Sendable {
    let place: Int
    let item: PreparedCase
    let plan: CasePlan
  }
  private let state = Guarded(State())

  /// A pass that starts with ``finish(trace:)``.
  ///
  /// - Parameters:
  ///   - isDryRun: cases are hashed and planned, but nothing is run or written.
  ///   - explains: whether the observer gets what has to be done for each case, and why.
  ///   - observer: called with each event, from several threads.
  public init(
    _ run: BatchRun, isDryRun: Bool = false, explains: Bool = false,
    observer: @escaping @Sendable (BatchEvent) -> Void = { _ in }
  ) {
    (self.run, self.isDryRun, self.explains, self.observer) = (run, isDryRun, explains, observer)
    slots = DispatchSemaphore(value: 2 * run.request.jobs + 6)
  }

  /// Does the work and writes the accounts. Blocks the calling thread, which must not be one of a pool; the
  /// main thread is fine.
  ///
  /// - Parameter trace: a file for a timeline of the stages, for the trace viewers of Chrome and Perfetto.
  /// - Throws: `Diagnostic` if an account cannot be written; ``Diagnostics`` if the process was paused for long and
  ///   another one has taken over its work meanwhile.
  public func finish(trace: String? = nil) throws -> BatchAccount {
    if let trace, !isDryRun { try RunTrace.requirePlace(trace) }
    let started = RunAccount.now
    let (outcomes, summary, hashing) = work()
    run.cache?.trim()
    let reused = state.withLock(\.reused)
    let account = run.account(
      outcomes, summary, hashing: hashing, reused: reused, started: started,
      seconds: (ContinuousClock.now - begin) / .seconds(1))
    guard !isDryRun else { return account }
    if let trace { try account.trace.write(to: trace) }
    return try run.write(account, summary)
  }

  private func work() -> (
    outcomes: [Int: CaseOutcome], summary: RunSummary, hashing: [RunTrace.Span]
  ) {
    let request = run.request
    VoxelMemory.keepLittle(of: request.memory)
    let batch = Scheduler(
      limits: Limits(width: request.jobs, memoryBytes: request.memory),
      checkMemory: { try VoxelMemory.require($0) }
    ).open { self.observe($0) }
    let isStopping = state.withLock { state in
      state.batch = batch
      return state.isStopping
    }
    if isStopping { batch.stop() }
    Workers.run(threads: min(request.jobs, run.selected.count), next: nextPlace) { place in
      underway.enter()
      deliver(planned(run.selected[place]), at: place)
    }
    underway.wait()
    batch.endOfCases()
    let summary = batch.wait()
    return state.withLock { state in
      state.batch = nil
      return (state.outcomes, summary, state.hashing)
    }
  }

  /// Lets running stages finish and starts no others.
  public func stop() {
    let batch = state.withLock { state in
      state.isStopping = true
      return state.batch
    }
    batch?.stop()
    // Threads that wait for room or for another try must see it.
    slots.signal()
    stopped.signal()
  }

  // MARK: Planning

  /// The next case to plan; waits for room.
  @Sendable private func nextPlace() -> Int? {
    slots.wait()
    let place = state.withLock { state -> Int? in
      guard !state.isStopping, state.next < run.selected.count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
    // Wakes the next waiting planner.
    if place == nil { slots.signal() }
    return place
  }

  /// Hashes and plans a case and prepares its run, all without a lock.
  private func planned(_ index: Int) -> Planned {
    let (item, files) = run.prepared(index, copies: !isDryRun)
    guard !isDryRun, let plan = item.plan, !plan.isDone else { return Planned(item: item) }
    if let failure = run.begin(index) ?? folders.make(for: item.member, plan, of: run) {
      return Planned(item: item.failed(failure))
    }
    do {
      let values = try run.schedulable(item, files, plan)
      return Planned(item: item, work: (plan, values, layout(of: plan.states)))
    } catch {
      return Planned(item: item.failed(CaseFailure(error, path: item.member.path, stage: nil)))
    }
  }

  /// The graph of what has to be done, shared by all cases with the same plan.
  private func layout(of states: [CasePlan.State]) -> GraphLayout {
    if let known = state.withLock({ $0.layouts[states] }) { return known }
    let layout = GraphLayout(run.pipeline.graph(of: states, storing: run.cache != nil))
    state.withLock { $0.layouts[states] = layout }
    return layout
  }

  /// Passes planned cases on in their order.
  private func deliver(_ planned: Planned, at place: Int) {
    let item = planned.item
    let ended = state.withLock { state -> [(Int, PreparedCase)] in
      state.hashing.append(
        RunTrace.Span(
          caseName: item.member.name, name: "hash and plan", lane: .planning,
          start: (item.begin - begin) / .seconds(1),
          seconds: (item.end - item.begin) / .seconds(1)))
      state.ready[place] = planned
      var ended: [(Int, PreparedCase)] = []
      while let next = state.ready.removeValue(forKey: state.nextReady) {
        if let idle = submit(next, at: state.nextReady, &state) {
          ended.append((state.nextReady, idle))
        }
        state.nextReady += 1
      }
      return ended
    }
    for (place, item) in ended { conclude(item, at: place) }
  }

  /// Gives a case to the scheduler, or returns it if there is nothing to run.
  private func submit(_ planned: Planned, at place: Int, _ state: inout State) -> PreparedCase? {
    guard let work = planned.work, let batch = state.batch else { return planned.item }
    state.submitted.append(Submission(place: place, item: planned.item, plan: work.plan))
    do { try batch.submit(work.values, through: work.layout) } catch {
      preconditionFailure("a planned case does not fit its graph: \(error)")
    }
    return nil
  }

  // MARK: Cases that end

  /// Ends a case that is not run: done before, unreadable, or in a dry run.
  private func conclude(_ item: PreparedCase, at place: Int) {
    if explains, let plan = item.plan {
      observer(.explained(run.explanation(of: plan, for: item.member)))
    }
    guard let plan = item.plan else {
      let failure = item.failure!
      if retry(item, at: place, after: failure) { return }
      return end(run.failed(item, failure), at: place, isReused: false)
    }
    if isDryRun {
      return end(run.notRun(item), at: place, isReused: plan.isDone)
    }
    end(run.reused(item, plan), at: place, isReused: true)
  }

  private func observe(_ event: RunEvent) {
    guard case .caseFinished(let result) = event else {
      if case .caseStarted(let id) = event, explains {
        let submission = state.withLock { $0.submitted[id.index] }
        observer(.explained(run.explanation(of: submission.plan, for: submission.item.member)))
      }
      return observer(.stage(event))
    }
    let submission = state.withLock { $0.submitted[result.id.index] }
    let (item, place) = (submission.item, submission.place)
    if case .failed(let error) = result.outcome, error.underlying is CacheMiss,
      again(item, at: place)
    {
      return
    }
    let failure = result.failure(of: item.member.path)
    if let failure {
      if retry(item, at: place, after: failure) { return }
      // Every other case would fail with the same error.
      if failure.isDiskFull { stop() }
    }
    endings.submit { [self] in
      end(
        run.outcome(result, of: item, submission.plan, failure: failure), at: place, isReused: false
      )
    }
  }

  private func end(_ outcome: CaseOutcome, at place: Int, isReused: Bool) {
    let isRecorded = run.record(outcome, at: run.selected[place], isReused: isReused)
    if !isRecorded { stop() }
    state.withLock { state in
      state.outcomes[run.selected[place]] = outcome
      if isReused { state.reused += 1 }
    }
    if isRecorded { observer(.ended(outcome.record, isReused: isReused)) }
    if run.request.failsFast, outcome.record.status == .failed { stop() }
    slots.signal()
    underway.leave()
  }

  // MARK: Trying again

  /// Plans a case again if a cached value is gone.
  private func again(_ item: PreparedCase, at place: Int) -> Bool {
    let mayTry = state.withLock { state in
      state.attempts[place, default: 0] += 1
      return state.attempts[place]! <= 8 && !state.isStopping
    }
    guard mayTry else { return false }
    resubmit(item, at: place)
    return true
  }

  /// Tries a case again after a while, if its error may be temporary.
  private func retry(_ item: PreparedCase, at place: Int, after failure: CaseFailure) -> Bool {
    guard failure.isTransient, !isDryRun else { return false }
    let pause = state.withLock { state -> Double? in
      let attempt = state.attempts[place, default: 0]
      guard attempt < run.request.pauses.count, !state.isStopping else { return nil }
      state.attempts[place] = attempt + 1
      return run.request.pauses[attempt]
    }
    guard let pause else { return false }
    observer(.retrying(item.member.name, message: failure.message, seconds: pause))
    resubmit(item, at: place, after: pause)
    return true
  }

  /// Plans a case again on a thread of its own, because hashing waits for the disk and the thread of the
  /// events must not. There are at most as many such threads as open cases.
  private func resubmit(_ item: PreparedCase, at place: Int, after pause: Double = 0) {
    SystemThread { [self] in
      if stopped.wait(timeout: .now() + pause) == .success { stopped.signal() }
      let planned = planned(run.selected[place])
      if let idle = state.withLock({ submit(planned, at: place, &$0) }) {
        conclude(idle, at: place)
      }
    }.detach()
  }
}
