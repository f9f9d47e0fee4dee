import Accounts
import ArgumentParser

/// What a command may take of the machine, and how much it tells.
struct ResourceOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "Cores to use (default: those that this process may use).")
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Memory to plan with, such as 2GB (default: 75 % of what is available).", valueName: "bytes"))
  var memory: ByteCount?

  @Flag(name: [.short, .long], help: "Say nothing but errors and results.")
  var quiet = false

  /// Cores to use.
  var cores: Int { jobs ?? HostResources.usableCores }

  /// Bytes to plan with.
  var bytes: Int { memory?.bytes ?? HostResources.plannedMemory }

  func validate() throws {
    try memory?.requireAddresses()
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs: expected 1 to 1024, found \(jobs)")
    }
  }
}
