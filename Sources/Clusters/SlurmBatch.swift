public import Batches
import Dispatch
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
    /// Parts wait for something other than their turn, as Slurm names it: such as `JobHeldUser`. Told once.
    case waits(job: String, tasks: Int, reason: String)
  }

  /// How often a part is submitted that does not come to its end, as when its node fails.
  private static let most = 3

  private let request: SlurmRequest
  private let slurm: Slurm
  /// Signalled once nobody follows any more.
  private let stopping = DispatchSemaphore(value: 0)

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
  ///   - pause: the most seconds between two questions to Slurm; at first there are fewer.
  ///   - observer: called with each event.
  /// - Returns: the account; nil where ``stop()`` was called: the jobs go on.
  /// - Throws: `Diagnostic` where Slurm refuses a job, or an account cannot be written.
  public func finish(every pause: Double = 5, observer: (Event) -> Void) throws -> BatchAccount? {
    try Folders.make(request.logs)
    var (left, cancelled) = (Array(1...request.parts), Set<Int>())
    var jobs: [String] = []
    while !left.isEmpty, jobs.count < Self.most {
      let job = try slurm.submit(request.submission(of: left, again: !jobs.isEmpty))
      let merging = try slurm.submit(request.merging(after: job))
      jobs.append(job)
      observer(.submitted(job: job, parts: left, merging: merging))
      guard let ended = try follow(job, merging, every: pause, observer) else { return nil }
      let progress = try BatchMerge.progress(in: request.folder, of: request.parts, by: jobs)
      // Whoever cancels a part does not want it to be submitted again.
      cancelled.formUnion(ended.intersection(progress.unfinished))
      left = progress.unfinished.filter { !cancelled.contains($0) }
      // What ends all at once would end them again.
      if progress.begun.isEmpty, !left.isEmpty { throw failure(of: left, in: job, begun: false) }
    }
    if !left.isEmpty { throw failure(of: left, in: jobs.last!, begun: true) }
    guard cancelled.isEmpty else {
      throw Diagnostic(
        .unreadable, request.folder, field: "parts", expected: "that all come to their end",
        found: "\(SlurmRequest.list(Array(cancelled))) that were cancelled in Slurm",
        remedy: "give the same command again: what is done is not done again")
    }
    return try BatchMerge(request.folder, of: request.parts).write()
  }

  /// What is known of parts that did not come to their end, by what the first of them printed last.
  private func failure(of parts: [Int], in job: String, begun: Bool) -> Diagnostic {
    let log = request.log(of: parts[0], in: job)
    let text = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) }
    let last = text?.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }
    return Diagnostic(
      .unreadable, log, field: "parts",
      expected: begun ? "that all come to their end" : "that they begin",
      found: (begun ? "\(SlurmRequest.list(parts)) that did not" : "none that did")
        + (last.map { "; the last line of part \(parts[0]): \($0)" } ?? ", and no output"),
      remedy: begun
        ? "read what they printed; `calvaria merge \(request.folder)` makes the accounts"
        : "see whether the nodes have \(request.program), the data set and the output folder")
  }

  /// Stops following; the jobs go on.
  public func stop() { stopping.signal() }

  /// Why a task waits until it is its turn, or the others have ended.
  private static let ordinary: Set = [
    "None", "", "Priority", "Resources", "Dependency", "JobArrayTaskLimit", "Cleaning",
  ]

  /// Waits until no task is left of a job of parts and of the one that merges.
  ///
  /// - Returns: the parts that were cancelled; nil where it was not waited for.
  private func follow(
    _ job: String, _ merging: String, every pause: Double, _ observer: (Event) -> Void
  ) throws -> Set<Int>? {
    var silent = 0
    var told: Set<String> = []
    var cancelled: Set<Int> = []
    var next = min(0.5, pause)
    while true {
      do throws(Diagnostic) {
        let parts = try slurm.tasks(of: job)
        let all = parts + (try slurm.tasks(of: merging))
        silent = 0
        for task in parts where task.isCancelled { if let n = task.number { cancelled.insert(n) } }
        let (waiting, running) = (all.filter(\.isWaiting), all.count(where: \.isRunning))
        observer(.tasks(waiting: waiting.count, running: running))
        let reasons = Dictionary(grouping: waiting, by: \.reason)
        for (reason, tasks) in reasons.sorted(by: { $0.key < $1.key })
        where !Self.ordinary.contains(reason) && told.insert(reason).inserted {
          observer(.waits(job: job, tasks: tasks.count, reason: reason))
        }
        if waiting.count + running == 0 { return cancelled }
      } catch {
        // A controller that is restarted is silent for some time.
        silent += 1
        if silent > 20 { throw error }
      }
      guard stopping.wait(timeout: .now() + next) == .timedOut else { return nil }
      next = min(2 * next, pause)
    }
  }
}
