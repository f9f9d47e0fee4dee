import ArgumentParser

/// Where a command writes a model.
struct ModelOutput: ParsableArguments {
  @Option(
    name: [.short, .customLong("output")],
    help: "The model file to write; may be the input file.",
    completion: .file(extensions: ["safetensors"]))
  var output: String

  /// The file.
  var path: String { output }

  func validate() throws {
    guard output.lowercased().hasSuffix(".safetensors") else {
      throw ValidationError("--output: expected a name ending in .safetensors, found \(output)")
    }
  }
}
