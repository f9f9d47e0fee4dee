import Accounts
import Clusters
import Concurrency
import Errors

/// Prints what becomes of a batch that Slurm does.
final class SlurmResults: Sendable {
  private let parts: Int
  private let isQuiet: Bool
  private let last = Guarded("")

  init(parts: Int, isQuiet: Bool) { (self.parts, self.isQuiet) = (parts, isQuiet) }

  /// Prints an event; a state only where it has changed.
  func observe(_ event: SlurmBatch.Event) {
    guard !isQuiet else { return }
    switch event {
    case .submitted(let job, let parts, let merging):
      let what =
        parts.count == self.parts
        ? counted(parts.count, "part") : "again \(counted(parts.count, "part")) that did not end"
      StandardError.writeLine("job \(job): \(what); job \(merging) merges them")
    case .tasks(let waiting, let running):
      let line = "\(waiting) waiting, \(running) running"
      let isNew = last.withLock { last in
        defer { last = line }
        return last != line
      }
      if isNew { StandardError.writeLine(line) }
    case .waits(let job, let tasks, let reason):
      let what = tasks == 1 ? "1 task waits" : "\(tasks) tasks wait"
      let isHeld = reason.lowercased().contains("held")
      StandardError.writeLine(
        "\(what), as Slurm says: \(reason)"
          + (isHeld ? "; `scontrol release \(job)` lets them go" : "")
          + "; `scancel \(job)` ends them")
    }
  }

  /// The commands that would submit a batch, for a shell.
  static func lines(of request: SlurmRequest) -> [String] {
    func command(_ arguments: [String]) -> String {
      (["sbatch"] + arguments).map(RerunCommand.quoted).joined(separator: " ")
    }
    return [
      "mkdir -p \(RerunCommand.quoted(request.logs))",
      "job=$(\(command(request.submission(of: Array(1...request.parts)))))",
      // The number of the job is not known before.
      command(request.merging(after: "JOB")).replacing("afterany:JOB", with: "afterany:$job"),
    ]
  }
}
