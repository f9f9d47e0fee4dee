import Accounts
import ArgumentParser

/// The option for cores, of commands that are done before memory could be planned.
struct CoresOption: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: "Number of cores to use (default: those available to this process).")
  var jobs: Int?

  var cores: Int { jobs ?? HostResources.usableCores }

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs: expected 1 to 1024, found \(jobs)")
    }
  }
}
