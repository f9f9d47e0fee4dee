import Foundation

/// The job of a cluster that a process belongs to.
enum ClusterJob {
  /// As Slurm names it: `1234`, or `1234_2` for a task of an array; nil outside of one.
  static var own: String? {
    let environment = ProcessInfo.processInfo.environment
    if let array = environment["SLURM_ARRAY_JOB_ID"], let task = environment["SLURM_ARRAY_TASK_ID"]
    {
      return "\(array)_\(task)"
    }
    return environment["SLURM_JOB_ID"]
  }
}
