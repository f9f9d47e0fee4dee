/// Runs the cases of a batch through a graph, within limits of cores and memory.
///
/// - The oldest case goes first and, inside a case, the stages in the order of the graph; branches
///   run beside each other where the memory allows it.
/// - A case is opened only when the peak of its ``MemoryPlan`` fits beside what the open cases may
///   still take, so an open case never waits for memory that cannot come.
/// - An error ends its case only. Results do not depend on the limits, with one exception: a stage
///   that wants more with the true sizes of its inputs than with the predicted ones may be refused.
/// - A value is freed when its last user ends, before another stage is admitted. It counts from the
///   end of the stage that makes it; before, the demand of that stage counts.
/// - ``Stage/demand(for:)`` and ``StageValue/extent`` are asked often and must be cheap.
/// - A stage is charged for the cores that it is given: a fair share of the free ones, at least one,
///   at most those it asked for. A stage of the lane ``Lane/files`` has one more, that of its thread.
/// - A core is given only with the bytes that it takes (``Cores/bytesEach``).
///
/// All state belongs to a queue that does one thing at a time (``TurnQueue``), and no Dispatch worker
/// waits for another.
///
/// ```swift
/// let scheduler = Scheduler(limits: Limits(width: 8, memoryBytes: 4 << 30))
/// let batch = try scheduler.start(cases, through: graph) { event in print(event) }
/// let summary = batch.wait()
/// ```
public final class Scheduler: Sendable {
  /// What each batch may take.
  public let limits: Limits

  private let checkMemory: MemoryCheck

  /// Throws where the system refuses the bytes that a stage is about to take.
  public typealias MemoryCheck = @Sendable (_ bytes: Int) throws -> Void

  /// A scheduler; the limits hold for each batch that it starts.
  ///
  /// - Parameter checkMemory: called before each stage with the bytes that it declares; what it throws
  ///   fails the stage, for its case alone.
  public init(limits: Limits, checkMemory: @escaping MemoryCheck = { _ in }) {
    (self.limits, self.checkMemory) = (limits, checkMemory)
  }

  /// Starts a batch and returns at once.
  ///
  /// - Parameter observer: is told what happens, in order and never twice at one time, on a queue of
  ///   its own. While it is more than about a thousand events behind, no stage starts.
  /// - Throws: ``CaseError`` for the first case that does not bring what the graph wants.
  /// - Complexity: one look at each case; the cost of an event does not depend on their number.
  public func start(
    _ cases: [Case], through graph: StageGraph,
    observer: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws(CaseError) -> RunningBatch {
    let layout = GraphLayout(graph)
    for item in cases { _ = try layout.values(of: item) }
    let usesFiles = layout.stages.contains { $0?.lane.isFiles ?? false }
    let state = BatchState(limits, checkMemory, usesFiles: usesFiles, observer)
    let batch = RunningBatch(state)
    state.submit(cases.map { .init(item: $0, layout: layout) }, isLast: true)
    return batch
  }

  /// Starts a batch whose cases come one by one, each with its graph, and returns at once.
  ///
  /// It ends when all cases have ended after ``RunningBatch/endOfCases()``, which must be called.
  ///
  /// - Parameter observer: as of ``start(_:through:observer:)``.
  public func open(observer: @escaping @Sendable (RunEvent) -> Void = { _ in }) -> RunningBatch {
    RunningBatch(BatchState(limits, checkMemory, usesFiles: true, observer))
  }
}
