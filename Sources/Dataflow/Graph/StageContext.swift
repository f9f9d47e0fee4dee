public import Concurrency

/// What a running stage may use and tell.
public struct StageContext: Sendable {
  /// The case that the stage works on.
  public let caseName: String
  /// Cores that the stage may use, at most those that its demand asked for.
  public let cores: Int
  /// Set once the case is to stop at once.
  public let cancellation: CancellationToken
  let report: @Sendable (Double) -> Void
  let log = StageLog()

  /// A context; tests make their own.
  public init(
    caseName: String = "case", cores: Int = 1, cancellation: CancellationToken = .init(),
    report: @escaping @Sendable (Double) -> Void = { _ in }
  ) {
    self.caseName = caseName
    self.cores = cores
    self.cancellation = cancellation
    self.report = report
  }

  /// Throws `CancellationError` once the case is to stop; call it once a slab.
  public func checkCancellation() throws { try cancellation.check() }

  /// Reports the fraction of this stage that is done, 0...1.
  public func progress(_ fraction: Double) { report(fraction) }

  /// Puts a finding into the record of the run, such as `symmetry: 0.94`.
  public func note(_ name: String, _ value: Note) { log.add(note: name, value) }

  /// Tells a fact to whoever keeps the account; it counts even where the stage fails later.
  public func tell(_ fact: any StageFact) { log.add(fact: fact) }

  /// Puts a sentence that the user should read into the record of the run.
  public func warn(_ sentence: String) { log.add(warning: sentence) }

  /// The findings so far.
  public var notes: [String: Note] { log.notes }
  /// The facts so far, in their order.
  public var facts: [any StageFact] { log.facts }
  /// The warnings so far.
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
