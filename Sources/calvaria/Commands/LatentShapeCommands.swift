import Completion
import Latents
import Skulls
import ArgumentParser
import VolumeIO

/// `calvaria latent interpolate MODEL A B --steps N -o DIR`.
struct LatentInterpolateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate",
    abstract: "Decode the way from one skull's latent to another's.",
    discussion: "Writes step-NN.nrrd on the grid that the model sees, latents.csv and shapes.png.")

  @Argument(help: "A model file.", completion: .file(extensions: ["safetensors", "pth"]))
  var model: String
  @Argument(help: "The skull to begin with.", completion: .file())
  var a: String
  @Argument(help: "The skull to end with.", completion: .file())
  var b: String
  @Option(help: "How many shapes, both ends included.")
  var steps = 7
  @OptionGroup var settings: CaseOptions
  @OptionGroup var options: LatentOptions

  func run() throws {
    try LatentOptions.run {
      let loaded = try options.model(model)
      let first = try settings.latent(of: a, loaded, options)
      let second = try settings.latent(of: b, loaded, options)
      let shapes = try LatentShapes(from: first, to: second, steps: steps)
      for file in try shapes.write(
        into: options.output, threads: options.resources.cores, memory: options.resources.bytes,
        modelPath: loaded.path)
      { print(file) }
    }
  }
}

/// `calvaria latent traverse MODEL CASE --dimension k --range 3 --steps N -o DIR`.
struct LatentTraverseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traverse",
    abstract: "Decode a skull's latent, moved along single dimensions.",
    discussion: """
      Writes dimension-NN-step-NN.nrrd on the grid that the model sees, latents.csv and shapes.png.
      """)

  @Argument(help: "A model file.", completion: .file(extensions: ["safetensors", "pth"]))
  var model: String
  @Argument(help: "A skull.", completion: .file())
  var `case`: String
  @Option(help: "A dimension, from 0; several with commas between; or all.")
  var dimension = "all"
  @Option(help: "How far to both sides, in units of the latent space.")
  var range = 3.0
  @Option(help: "How many shapes a dimension, both ends included.")
  var steps = 7
  @OptionGroup var settings: CaseOptions
  @OptionGroup var options: LatentOptions

  func validate() throws { _ = try dimensions() }

  private func dimensions() throws -> [Int]? {
    if dimension == "all" { return nil }
    return try dimension.split(separator: ",", omittingEmptySubsequences: false).map { text in
      guard let number = Int(text) else {
        throw ValidationError("--dimension: expected a whole number or all, found \(dimension)")
      }
      return number
    }
  }

  func run() throws {
    try LatentOptions.run {
      let loaded = try options.model(model)
      let latent = try settings.latent(of: `case`, loaded, options)
      let shapes = try LatentShapes(
        around: latent, dimensions: try dimensions(), range: range, steps: steps)
      for file in try shapes.write(
        into: options.output, threads: options.resources.cores, memory: options.resources.bytes,
        modelPath: loaded.path)
      { print(file) }
    }
  }
}

/// `calvaria latent sample MODEL --count N --seed S -o DIR`.
struct LatentSampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Decode latents drawn from the prior N(0, 1): new skulls.",
    discussion: "Writes sample-NN.nrrd, latents.csv and shapes.png.")

  @Argument(help: "A model file.", completion: .file(extensions: ["safetensors", "pth"]))
  var model: String
  @Option(help: "How many shapes.")
  var count = 6
  @Option(help: "The seed of all random numbers.")
  var seed: UInt64 = 0
  @OptionGroup var options: LatentOptions

  func run() throws {
    try LatentOptions.run {
      let loaded = try options.model(model)
      let shapes = try LatentShapes(samplesOf: loaded.model, count: count, seed: seed)
      for file in try shapes.write(
        into: options.output, threads: options.resources.cores, memory: options.resources.bytes,
        modelPath: loaded.path)
      { print(file) }
    }
  }
}

/// How a case is read and framed.
struct CaseOptions: ParsableArguments {
  @Option(help: "fov: a box about the vault, as in training; resize: the whole grid.")
  var framing: FramingRule = .fieldOfView
  @OptionGroup var reading: ReadingOptions

  func latent(
    of path: String, _ model: LoadedLatentModel, _ options: LatentOptions
  ) throws -> Latent {
    let (latent, warnings) = try CaseLatent.encode(
      path, by: model, rule: framing, reading: reading.options, threads: options.resources.cores,
      memory: options.resources.bytes)
    options.warn(warnings, of: path)
    return latent
  }
}
