import Batches
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
    let verification = try OutputVerification(of: folder, jobs: resources.cores)
    for finding in verification.findings { Failure.print(finding.message) }
    print(
      "\(folder): \(counted(verification.intact, "file")) unchanged, "
        + "\(verification.findings.count) missing or changed")
    if !verification.findings.isEmpty { throw Ending.failure }
  }
}
