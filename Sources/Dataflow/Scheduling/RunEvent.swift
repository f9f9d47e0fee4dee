/// What happens in a batch, in order.
///
/// A case that is refused or cancelled before its first stage has no ``caseStarted(_:)``.
public enum RunEvent: Sendable {
  /// A case is about to run its first stage.
  case caseStarted(CaseID)
  /// A stage was given its cores and bytes.
  case stageStarted(CaseID, stage: String, cores: Int)
  /// A stage has done this fraction, 0...1; only the latest of several reports is delivered.
  case progress(CaseID, stage: String, fraction: Double)
  /// A stage ended.
  case stageFinished(CaseID, StageRecord)
  /// A case ended; comes last of the events of a case.
  case caseFinished(CaseResult)
}

/// What a batch takes at this moment.
public struct RunLoad: Hashable, Sendable {
  /// Bytes of values alive and of the demands of running stages.
  public internal(set) var bytes = 0
  /// Stages that run.
  public internal(set) var stages = 0
  /// Cores of the width that were given to stages.
  public internal(set) var cores = 0
  /// Cases begun and not ended.
  public internal(set) var openCases = 0

  /// Nothing.
  public init() {}
}

/// What a batch came to.
public struct RunSummary: Hashable, Sendable {
  /// Cases that completed.
  public internal(set) var completed = 0
  /// Cases that failed.
  public internal(set) var failed = 0
  /// Cases that did not fit the memory limit.
  public internal(set) var refused = 0
  /// Cases that were cancelled.
  public internal(set) var cancelled = 0
  /// Most of each at any moment.
  public internal(set) var peak = RunLoad()
  /// Seconds from start to end.
  public internal(set) var seconds = 0.0
}
