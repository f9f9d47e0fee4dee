import BetaVAE
import Completion
public import Skulls
import Errors
public import ArgumentParser

/// What the subcommands of `latent` have in common.
struct LatentOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The output folder; created if missing.", valueName: "dir"),
    completion: .directory)
  var output: String

  @OptionGroup var resources: ResourceOptions

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output: expected a folder, found nothing") }
  }

  /// The model of a file; what its file left open is warned of.
  ///
  /// - Throws: as ``Pipelines/LatentMemory/load(_:memory:)``.
  func model(_ path: String) throws -> LoadedLatentModel {
    let loaded = try LatentMemory.load(path, memory: resources.bytes)
    warn(loaded.model.assumptions, of: loaded.path)
    return loaded
  }

  /// Prints warnings, each with the file that it is about.
  func warn(_ warnings: [String], of path: String) {
    guard !resources.quiet else { return }
    for warning in warnings { StandardError.warn(warning, of: path) }
  }
}

extension FramingRule: ExpressibleByArgument {}
