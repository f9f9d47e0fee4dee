import BetaVAE
import Completion
public import Skulls
import Errors
public import ArgumentParser

/// The options that all subcommands of `latent` have.
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

  /// The model in a file; warns about what the file does not say.
  ///
  /// - Throws: as ``Pipelines/LatentMemory/load(_:memory:)``.
  func model(_ path: String) throws -> LoadedLatentModel {
    let loaded = try LatentMemory.load(path, memory: resources.bytes)
    warn(loaded.model.assumptions, of: loaded.path)
    return loaded
  }

  /// Prints warnings, each with its file.
  func warn(_ warnings: [String], of path: String) {
    guard !resources.quiet else { return }
    for warning in warnings { StandardError.warn(warning, of: path) }
  }
}

extension FramingRule: ExpressibleByArgument {}
