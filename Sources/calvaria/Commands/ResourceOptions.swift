import Accounts
import ArgumentParser

/// Options for cores, memory and output.
struct ResourceOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: "Number of cores to use (default: those available to this process).")
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Memory limit, such as 2GB (default: 75 % of the available memory).", valueName: "bytes"))
  var memory: ByteCount?

  @OptionGroup private var quietly: QuietOption

  var quiet: Bool { quietly.isOn }

  var cores: Int { jobs ?? HostResources.usableCores }

  /// The memory limit in bytes.
  var bytes: Int { memory?.bytes ?? HostResources.plannedMemory }

  func validate() throws {
    try memory?.requireAddresses()
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs: expected 1 to 1024, found \(jobs)")
    }
  }
}
