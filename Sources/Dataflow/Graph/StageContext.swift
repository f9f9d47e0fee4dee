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

  /// Puts a sentence that the user should read into the record of the run.
  public func warn(_ sentence: String) { log.add(warning: sentence) }

  /// The findings so far.
  public var notes: [String: Note] { log.notes }
  /// The warnings so far.
  public var warnings: [String] { log.warnings }
}

/// The notes and warnings of one run of one stage.
final class StageLog: Sendable {
  private let state = Guarded<(notes: [String: Note], warnings: [String])>(([:], []))
  func add(note name: String, _ value: Note) { state.withLock { $0.notes[name] = value } }
  func add(warning: String) { state.withLock { $0.warnings.append(warning) } }
  var notes: [String: Note] { state.withLock { $0.notes } }
  var warnings: [String] { state.withLock { $0.warnings } }
}
