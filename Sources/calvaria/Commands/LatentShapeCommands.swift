import Completion
import Latents
import Skulls
import ArgumentParser
import VolumeIO

/// `calvaria latent interpolate MODEL A B --steps N -o DIR`.
struct LatentInterpolateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate",
    abstract: "Decode shapes between two skulls, in equal steps through latent space.",
    discussion: "Writes step-NN.nrrd on the model's grid, latents.csv and shapes.png.")

  @Argument(help: "A model file.", completion: .file(extensions: ["safetensors", "pth"]))
  var model: String
  @Argument(help: "The first skull.", completion: .file())
  var a: String
  @Argument(help: "The last skull.", completion: .file())
  var b: String
  @Option(help: "Number of shapes, including both ends.")
  var steps = 7
  @OptionGroup var settings: CaseOptions
  @OptionGroup var options: LatentOptions

  func run() throws {
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

/// `calvaria latent traverse MODEL CASE --dimension k --range 3 --steps N -o DIR`.
struct LatentTraverseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traverse",
    abstract: "Decode a skull's latent while varying one dimension at a time.",
    discussion: """
      Writes dimension-NN-step-NN.nrrd on the model's grid, latents.csv and shapes.png.
      """)

  @Argument(help: "A model file.", completion: .file(extensions: ["safetensors", "pth"]))
  var model: String
  @Argument(help: "A skull.", completion: .file())
  var `case`: String
  @Option(help: "A dimension, counted from 0; several, separated by commas; or all.")
  var dimension = "all"
  @Option(help: "Distance to vary on both sides of the skull, in units of the latent space.")
  var range = 3.0
  @Option(help: "Number of shapes per dimension, including both ends.")
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

/// `calvaria latent sample MODEL --count N --seed S -o DIR`.
struct LatentSampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Decode random latents, drawn from the prior N(0, 1), into new skulls.",
    discussion: "Writes sample-NN.nrrd, latents.csv and shapes.png.")

  @Argument(help: "A model file.", completion: .file(extensions: ["safetensors", "pth"]))
  var model: String
  @Option(help: "Number of shapes.")
  var count = 6
  @Option(help: "Seed of the random numbers.")
  var seed: UInt64 = 0
  @OptionGroup var options: LatentOptions

  func run() throws {
    let loaded = try options.model(model)
    let shapes = try LatentShapes(samplesOf: loaded.model, count: count, seed: seed)
    for file in try shapes.write(
      into: options.output, threads: options.resources.cores, memory: options.resources.bytes,
      modelPath: loaded.path)
    { print(file) }
  }
}

/// Options for reading and framing a case.
struct CaseOptions: ParsableArguments {
  @Option(
    help:
      "fov: crop to the field of view used in training; resize: use the whole grid; pose: turn the head upright first."
  )
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
