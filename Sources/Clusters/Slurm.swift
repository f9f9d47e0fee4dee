public import Errors
import Foundation
import OtherPrograms

/// The programs of Slurm on this machine.
public struct Slurm: Sendable {
  private let sbatch, squeue, scontrol: ExternalProgram

  /// - Throws: `Diagnostic` where one of them is not installed.
  public init() throws(Diagnostic) {
    func program(_ name: String) throws(Diagnostic) -> ExternalProgram {
      guard let found = ExternalProgram(name) else {
        throw Diagnostic(
          .unreadable, name, field: "program", expected: "Slurm's `\(name)` in PATH", found: "none",
          remedy: "log in to a node that submits jobs, or leave --slurm out")
      }
      return found
    }
    (sbatch, squeue) = (try program("sbatch"), try program("squeue"))
    scontrol = try program("scontrol")
  }

  /// The largest number that a task of an array may have.
  ///
  /// - Throws: `Diagnostic` where Slurm does not answer.
  public func largestTask() throws(Diagnostic) -> Int {
    let outcome = try scontrol.run(["show", "config"], atMost: 60)
    for line in outcome.text.split(separator: "\n") where line.hasPrefix("MaxArraySize") {
      let value = line.split(separator: "=").last.map(String.init) ?? ""
      if let size = Int(value.trimmingCharacters(in: .whitespaces)) { return size - 1 }
    }
    throw failure(scontrol, "its settings", outcome)
  }

  /// Submits a script.
  ///
  /// - Returns: the number of the job.
  /// - Throws: `Diagnostic` with what Slurm says where it is refused.
  public func submit(_ arguments: [String]) throws(Diagnostic) -> String {
    let outcome = try sbatch.run(arguments, atMost: 120)
    // `1234`, or `1234;cluster`.
    let job = outcome.lastLine.split(separator: ";").first.map(String.init) ?? ""
    guard outcome.status == 0, Int(job) != nil else {
      throw failure(sbatch, "a job that is taken", outcome)
    }
    return job
  }

  /// A job, or a task of an array of jobs.
  struct Task: Hashable, Sendable {
    /// Its number in the array; nil outside of one.
    let number: Int?
    /// As Slurm names it, such as `RUNNING`.
    let state: String
    /// Why it waits, as Slurm names it, such as `Priority`.
    let reason: String

    var isRunning: Bool { ["RUNNING", "COMPLETING", "CONFIGURING"].contains(state) }
    var isCancelled: Bool { state == "CANCELLED" }
    var isWaiting: Bool {
      !isRunning
        && ![
          "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL",
          "OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT",
        ].contains(state)
    }
  }

  /// The tasks of a job; those that ended some time ago are not known any more.
  ///
  /// - Throws: `Diagnostic` where Slurm does not answer.
  func tasks(of job: String) throws(Diagnostic) -> [Task] {
    let outcome = try squeue.run(
      ["--noheader", "--array", "--states=all", "--jobs", job, "--format=%K|%T|%r"], atMost: 120)
    if outcome.text.contains("Invalid job id") { return [] }
    guard outcome.status == 0 else { throw failure(squeue, "the state of job \(job)", outcome) }
    return outcome.text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard fields.count == 3 else { return nil }
      return Task(number: Int(fields[0]), state: fields[1], reason: fields[2])
    }
  }

  private func failure(
    _ program: ExternalProgram, _ expected: String, _ outcome: ExternalProgram.Outcome
  ) -> Diagnostic {
    Diagnostic(
      .unreadable, program.name, field: "answer", expected: expected,
      found: outcome.isLate ? "none in time" : outcome.lastLine.isEmpty ? "none" : outcome.lastLine,
      remedy: "ask Slurm by hand: `\(program.name) --help`, `sinfo`")
  }
}
