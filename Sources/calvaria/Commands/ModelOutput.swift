import ArgumentParser

/// The option for the model file that a command writes.
struct ModelOutput: ParsableArguments {
  @Option(
    name: [.short, .customLong("output")],
    help: "The model file to write; may be the input file.",
    completion: .file(extensions: ["safetensors"]))
  var output: String

  var path: String { output }

  func validate() throws {
    guard output.lowercased().hasSuffix(".safetensors") else {
      throw ValidationError("--output: expected a name ending in .safetensors, found \(output)")
    }
  }
}
