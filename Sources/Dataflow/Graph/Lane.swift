public import Concurrency

/// The group of workers that runs a stage.
public enum Lane: Sendable {
  /// The compute workers, limited by ``Limits/width``.
  case compute
  /// The file workers, so that reading and writing overlap with computing.
  case files
  /// An executor of its own, for engines that must always be called from the same thread.
  case own(any StageExecutor)
}

/// Runs jobs one at a time on a thread that does not belong to the scheduler.
public protocol StageExecutor: AnyObject, Sendable {
  /// Enqueues a job and returns immediately; jobs run in the order of submission.
  func submit(_ job: @escaping @Sendable () -> Void)
}

extension FixedThread: StageExecutor {}
