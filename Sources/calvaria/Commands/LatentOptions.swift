public import ArgumentParser
import Pipelines
public import ShapeModels

/// What the subcommands of `latent` have in common.
struct LatentOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The folder for outputs; made where it is missing.", valueName: "dir"),
    completion: .directory)
  var output: String

  @Option(name: [.short, .long], help: "Cores to use (default: those that this process may use).")
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Memory to plan with, such as 2GB (default: 75 % of what is available).", valueName: "bytes"))
  var memory: ByteCount?

  @Flag(name: [.short, .long], help: "Say nothing but errors and results.")
  var quiet = false

  /// Bytes to plan with.
  var bytes: Int { memory?.bytes ?? HostResources.plannedMemory }

  /// Cores to use.
  var cores: Int { jobs ?? HostResources.usableCores }

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output: expected a folder, found nothing") }
    try memory?.requireAddresses()
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs: expected 1 to 1024, found \(jobs)")
    }
  }

  /// Does something; what a model does not have or a setting cannot be is wrong usage: exit code 2.
  static func run(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as ShapeModelError where [.notInModel, .badSetting].contains(error.code) {
      Failure.print(error.description)
      throw ExitCode(Failure.usage)
    }
  }

  /// The model of a file; what its file left open is warned of.
  ///
  /// - Throws: as ``Pipelines/LatentMemory/load(_:memory:)``.
  func model(_ path: String) throws -> LoadedLatentModel {
    let loaded = try LatentMemory.load(path, memory: bytes)
    warn(loaded.model.assumptions, of: loaded.path)
    return loaded
  }

  /// Prints warnings, each with the file that it is about.
  func warn(_ warnings: [String], of path: String) {
    guard !quiet else { return }
    for warning in warnings { StandardError.warn(warning, of: path) }
  }
}

extension FramingRule: ExpressibleByArgument {}
