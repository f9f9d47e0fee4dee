public import Concurrency

/// What a running stage may use, and where it reports progress, findings and warnings.
public struct StageContext: Sendable {
  /// The name of the case that the stage works on.
  public let caseName: String
  /// Cores that the stage may use, at most as many as its demand asked for.
  public let cores: Int
  /// Set when the stage should stop immediately.
  public let cancellation: CancellationToken
  /// What the stages that the inputs come from told as facts, in the order of the graph: a value read from a cache tells the
  /// same as the stages that made it.
  public let inherited: [any StageFact]
  let report: @Sendable (Double) -> Void
  let log = StageLog()

  /// Makes a context; outside the scheduler, only tests need one.
  public init(
    caseName: String = "case", cores: Int = 1, cancellation: CancellationToken = .init(),
    inherited: [any StageFact] = [], report: @escaping @Sendable (Double) -> Void = { _ in }
  ) {
    self.caseName = caseName
    self.cores = cores
    self.cancellation = cancellation
    self.inherited = inherited
    self.report = report
  }

  /// Throws `CancellationError` if the case has been cancelled. Call it once per slab.
  public func checkCancellation() throws { try cancellation.check() }

  /// Reports how much of the stage is done, from 0 to 1.
  public func progress(_ fraction: Double) { report(fraction) }

  /// Records a finding, such as `symmetry: 0.94`, in the account.
  public func note(_ name: String, _ value: Note) { log.add(note: name, value) }

  /// Records a fact for whoever writes the account. It is kept even if the stage fails later.
  public func tell(_ fact: any StageFact) { log.add(fact: fact) }

  /// Records a warning for the user.
  public func warn(_ sentence: String) { log.add(warning: sentence) }

  /// The findings recorded so far.
  public var notes: [String: Note] { log.notes }
  /// The facts recorded so far, in order.
  public var facts: [any StageFact] { log.facts }
  /// The warnings recorded so far, in order.
  public var warnings: [String] { log.warnings }
}

/// The notes, facts and warnings of one run of one stage.
final class StageLog: Sendable {
  private struct State: Sendable {
    var notes: [String: Note] = [:]
    var facts: [any StageFact] = []
    var warnings: [String] = []
  }
  private let state = Guarded(State())

  func add(note name: String, _ value: Note) { state.withLock { $0.notes[name] = value } }
  func add(warning: String) { state.withLock { $0.warnings.append(warning) } }
  func add(fact: any StageFact) { state.withLock { $0.facts.append(fact) } }
  var facts: [any StageFact] { state.withLock { $0.facts } }
  var notes: [String: Note] { state.withLock { $0.notes } }
  var warnings: [String] { state.withLock { $0.warnings } }
}
