public import Concurrency

/// Where a stage runs.
public enum Lane: Sendable {
  /// On the compute workers, whose number the scheduler's width bounds.
  case compute
  /// On the file workers, so that reading and writing overlap computing.
  case files
  /// On an executor of its own, for engines that must be called from one fixed thread.
  case own(any StageExecutor)
}

/// Something that runs one job after another away from the scheduler's workers.
public protocol StageExecutor: AnyObject, Sendable {
  /// Takes a job and returns at once; jobs run in the order of submission.
  func submit(_ job: @escaping @Sendable () -> Void)
}

extension FixedThread: StageExecutor {}
