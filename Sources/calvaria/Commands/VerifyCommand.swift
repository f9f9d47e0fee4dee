import Batches
import Concurrency
import Errors
import ArgumentParser

/// `calvaria verify OUT`.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that the outputs of a run are unchanged.",
    discussion: """
      OUT is the output folder of `batch`, `run` or `implant`. Hashes every output that run.json lists \
      and ignores other files. The exit code is 1 if a file is missing or has changed.

      EXAMPLE
        calvaria verify out
      """)

  @Argument(help: "The output folder of a run.", completion: .directory)
  var folder: String

  @OptionGroup var resources: ResourceOptions

  func run() throws {
    // Scripts read what is printed here; a bar is for people.
    let level: Progress.Level =
      resources.quiet || !StandardError.isTerminal ? .quiet : .normal
    let shown = Guarded<Progress?>(nil)
    let verification = try OutputVerification(
      of: folder, jobs: resources.cores,
      begun: { count in shown.withLock { $0 = Progress(cases: count, level: level) } },
      looked: { file in shown.withLock { $0 }?.finished(file) })
    shown.withLock { $0 }?.close()
    for finding in verification.findings { Failure.print(finding.message) }
    print(
      "\(folder): \(counted(verification.intact, "file")) unchanged, "
        + "\(verification.findings.count) missing or changed")
    if !verification.findings.isEmpty { throw Ending.failure }
  }
}
