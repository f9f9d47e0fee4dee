public import Batches
import Concurrency
import Errors
import Files
import Foundation

/// A batch that Slurm does: submitted, followed to its end and merged.
public final class SlurmBatch: Sendable {
  /// What happens meanwhile.
  public enum Event: Sendable {
    /// Parts were submitted as a job.
    case submitted(job: String, parts: [Int], merging: String)
    /// How many parts wait and run.
    case tasks(waiting: Int, running: Int)
  }

  /// How often a part is submitted that does not come to its end, as when its node fails.
  private static let most = 3

  private let request: SlurmRequest
  private let slurm: Slurm
  private let isStopping = Guarded(false)

  /// - Throws: `Diagnostic` where Slurm is not installed or does not answer; ``Diagnostics`` where there are more parts than
  ///   it takes.
  public init(_ request: SlurmRequest) throws {
    self.request = request
    slurm = try Slurm()
    let largest = try slurm.largestTask()
    guard request.parts <= largest else {
      throw Diagnostics([
        Diagnostic(
          .configuration, "--shards", field: "parts",
          expected: "at most \(largest), as Slurm is set up here (MaxArraySize)",
          found: "\(request.parts)", remedy: "ask for fewer")
      ])
    }
  }

  /// Submits the parts, waits until all have ended, submits again what did not come to its end, and merges the accounts. Blocks
  /// the calling thread.
  ///
  /// - Parameters:
  ///   - pause: seconds between two questions to Slurm.
  ///   - observer: called with each event.
  /// - Returns: the account; nil where ``stop()`` was called: the jobs go on.
  /// - Throws: `Diagnostic` where Slurm refuses a job, or an account cannot be written.
  public func finish(every pause: Double = 5, observer: (Event) -> Void) throws -> BatchAccount? {
    try Folders.make(request.logs)
    var left = Array(1...request.parts)
    var jobs: [String] = []
    for _ in 0..<Self.most {
      let job = try slurm.submit(request.submission(of: left))
      let merging = try slurm.submit(request.merging(after: job))
      jobs.append(job)
      observer(.submitted(job: job, parts: left, merging: merging))
      guard try follow([job, merging], every: pause, observer) else { return nil }
      left = try BatchMerge.unfinished(
        in: request.folder, of: request.parts, by: jobs)
      if left.isEmpty { break }
    }
    guard left.isEmpty else {
      throw Diagnostic(
        .unreadable, request.logs, field: "parts",
        expected: "that all come to their end", found: "\(SlurmRequest.list(left)) that did not",
        remedy: "read what they printed; `calvaria merge \(request.folder)` makes the accounts")
    }
    return try BatchMerge(request.folder, of: request.parts).write()
  }

  /// Stops following; the jobs go on.
  public func stop() { isStopping.withLock { $0 = true } }

  /// Waits until no task of the jobs is left; whether it was waited for.
  private func follow(_ jobs: [String], every pause: Double, _ observer: (Event) -> Void) throws
    -> Bool
  {
    var silent = 0
    while true {
      do throws(Diagnostic) {
        var (waiting, running) = (0, 0)
        for job in jobs {
          let tasks = try slurm.tasks(of: job)
          (waiting, running) = (waiting + tasks.waiting, running + tasks.running)
        }
        silent = 0
        observer(.tasks(waiting: waiting, running: running))
        if waiting + running == 0 { return true }
      } catch {
        // A controller that is restarted is silent for some time.
        silent += 1
        if silent > 20 { throw error }
      }
      let end = Date(timeIntervalSinceNow: pause)
      while Date() < end {
        if isStopping.withLock({ $0 }) { return false }
        usleep(50_000)
      }
    }
  }
}
