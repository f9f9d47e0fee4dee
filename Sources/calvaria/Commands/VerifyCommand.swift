import Batches
import ArgumentParser

/// `calvaria verify OUT`.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hash the outputs of a run, and compare them with its account.",
    discussion: """
      OUT is the folder of `batch`, `run` or `implant`. Files that run.json does not tell of are left
      alone. Exit code 1 where a file is missing or is not as it was written.

      EXAMPLE
        calvaria verify out
      """)

  @Argument(help: "The folder of a run.", completion: .directory)
  var folder: String

  @OptionGroup var resources: ResourceOptions

  func run() throws {
    let verification = try OutputVerification(of: folder, jobs: resources.cores)
    for finding in verification.findings { Failure.print(finding.message) }
    print(
      "\(folder): \(verification.intact) files as they were written, "
        + "\(verification.findings.count) not")
    if !verification.findings.isEmpty { throw ExitCode(Failure.input) }
  }
}
