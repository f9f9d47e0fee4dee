/// An event of a batch, as the observer sees it.
///
/// A case that is refused or cancelled before its first stage has no ``caseStarted(_:)``.
public enum RunEvent: Sendable {
  /// A case is about to run its first stage.
  case caseStarted(CaseID)
  /// A stage is about to run on this number of cores.
  case stageStarted(CaseID, stage: String, cores: Int)
  /// The fraction of a stage that is done, from 0 to 1. Only the latest of several reports is
  /// delivered.
  case progress(CaseID, stage: String, fraction: Double)
  case stageFinished(CaseID, StageRecord)
  /// A case ended; always the last event of a case.
  case caseFinished(CaseResult)
}

/// What a batch is using.
public struct RunLoad: Hashable, Sendable {
  /// Bytes of live values and of the demands of running stages.
  public internal(set) var bytes = 0
  public internal(set) var stages = 0
  /// Cores granted to stages, as counted against ``Limits/width``.
  public internal(set) var cores = 0
  public internal(set) var openCases = 0

  public init() {}
}

public struct RunSummary: Hashable, Sendable {
  public internal(set) var completed = 0
  public internal(set) var failed = 0
  /// Number of cases that did not fit within the memory limit.
  public internal(set) var refused = 0
  /// Number of cases that were cancelled.
  public internal(set) var cancelled = 0
  /// The maximum of each number over time; the maxima may belong to different moments.
  public internal(set) var peak = RunLoad()
  /// Wall-clock seconds from start to end.
  public internal(set) var seconds = 0.0
}
