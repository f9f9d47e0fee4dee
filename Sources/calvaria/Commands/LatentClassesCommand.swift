import Completion
import Latents
import ArgumentParser

/// `calvaria latent classes MODEL TABLE -o MODEL2`.
struct LatentClassesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classes",
    abstract:
      "Store the class means of a latent table in a model file, for pipelines that shift between classes."
  )

  @Argument(help: "A model file.", completion: .file(extensions: ["safetensors"]))
  var model: String

  @Argument(
    help: "A table of `latent encode`, or its folder.", completion: .file(extensions: ["csv"]))
  var table: String

  @OptionGroup var output: ModelOutput

  func run() throws {
    let classes = try ModelClasses.store(
      tableAt: table, from: model, to: output.path)
    for known in classes { print("\(known.name): \(known.count)") }
    print(output.path)
  }
}
