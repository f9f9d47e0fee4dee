public import Errors

/// Runs the cases of a batch through a graph, within limits of cores and memory.
///
/// - Order: the oldest case goes first, and within a case the stages in the order of the graph.
///   Branches run in parallel if memory allows.
/// - Memory: a case opens only if the peak of its ``MemoryPlan`` fits beside what the open cases
///   may still need, so an open case never waits for memory that cannot become free. A value counts
///   from the end of the stage that makes it until its last user ends; while a stage runs, its
///   demand counts instead.
/// - Cores: a stage gets a fair share of the free cores, at least one and at most as many as it
///   asked for. A stage of the lane ``Lane/files`` has the core of its own thread on top. A core is
///   granted only together with the bytes that it needs (``Cores/bytesEach``).
/// - Failures: an error ends only its case.
/// - Results do not depend on the limits, with one exception: a stage that needs more with the
///   actual sizes of its inputs than with the predicted ones may be refused.
///
/// ``Stage/demand(for:)`` and ``StageValue/extent`` are called often and must be cheap.
///
/// All state belongs to a queue that runs one piece of work at a time (``TurnQueue``); no Dispatch
/// worker waits for another.
///
/// ```swift
/// let scheduler = Scheduler(limits: Limits(width: 8, memoryBytes: 4 << 30))
/// let batch = try scheduler.start(cases, through: graph) { event in print(event) }
/// let summary = batch.wait()
/// ```
public final class Scheduler: Sendable {
  /// The limits of each batch that the scheduler starts.
  public let limits: Limits

  private let checkMemory: MemoryCheck

  /// Throws if the system cannot provide the bytes that a stage is about to use.
  public typealias MemoryCheck = @Sendable (_ bytes: Int) throws -> Void

  /// Makes a scheduler; the limits apply to each batch separately.
  ///
  /// - Parameter checkMemory: called before each stage with the bytes that it declares. If it
  ///   throws, the stage fails, and with it only its case.
  public init(limits: Limits, checkMemory: @escaping MemoryCheck = { _ in }) {
    (self.limits, self.checkMemory) = (limits, checkMemory)
  }

  /// Starts a batch and returns immediately.
  ///
  /// - Parameter observer: receives the events in order, one at a time, on a queue of its own.
  ///   While it is more than about a thousand events behind, no stage starts.
  /// - Throws: `Diagnostic` for the first case whose values do not match the sources of the graph.
  /// - Complexity: O(cases) to start; the cost of an event does not depend on their number.
  public func start(
    _ cases: [Case], through graph: StageGraph,
    observer: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws(Diagnostic) -> RunningBatch {
    let layout = GraphLayout(graph)
    for item in cases { _ = try layout.values(of: item) }
    let usesFiles = layout.stages.contains { $0?.lane.isFiles ?? false }
    let state = BatchState(limits, checkMemory, usesFiles: usesFiles, observer)
    let batch = RunningBatch(state)
    state.submit(cases.map { .init(item: $0, layout: layout) }, isLast: true)
    return batch
  }

  /// Starts a batch without cases and returns immediately. Cases are submitted one by one, each
  /// with its own graph.
  ///
  /// The batch ends when ``RunningBatch/endOfCases()``, which must be called, has been called and
  /// all cases have ended.
  ///
  /// - Parameter observer: see ``start(_:through:observer:)``.
  public func open(observer: @escaping @Sendable (RunEvent) -> Void = { _ in }) -> RunningBatch {
    RunningBatch(BatchState(limits, checkMemory, usesFiles: true, observer))
  }
}
