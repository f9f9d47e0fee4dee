import Concurrency
import DataSets
import Errors
import Latents
import Skulls
import ArgumentParser
import Dataflow

/// `calvaria latent encode MODEL FOLDER -o DIR`.
struct LatentEncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Encode every skull in a folder into a table of latents.",
    discussion: """
      Writes latents.csv (case, class, mu, sigma), latents.npy (the same numbers: one row per volume, mu \
      before sigma) and latents.json (the model, the cases, and the mean and variance of each class).
      """)

  @Argument(help: "A model file.", completion: .file(extensions: ["safetensors", "pth"]))
  var model: String

  @Argument(help: "A folder of volumes.", completion: .directory)
  var folder: String

  @Option(
    help:
      "fov: crop to the field of view used in training; resize: use the whole grid; pose: turn the head upright first."
  )
  var framing: FramingRule = .fieldOfView

  @OptionGroup var options: LatentOptions
  @OptionGroup var reading: ReadingOptions

  func run() throws {
    let loaded = try options.model(model)
    var encoding = FolderEncoding(try LabelledFolder(folder), by: loaded)
    encoding.rule = framing
    encoding.reading = reading.options
    encoding.jobs = options.resources.cores
    encoding.memory = options.resources.bytes
    let progress = Progress(
      cases: encoding.folder.members.count, level: options.resources.quiet ? .quiet : .normal)
    let token = CancellationToken()
    Interrupts.onFirst {
      StandardError.writeLine(Interrupts.notice(waitingFor: "the running cases"))
      token.cancel()
    }
    let outcome = try encoding.run(until: token) { progress.finished($0) }
    Interrupts.onFirst(nil)
    progress.close()
    if outcome.jobs < min(options.resources.cores, encoding.folder.members.count),
      !options.resources.quiet
    {
      StandardError.writeLine(
        "calvaria: running \(counted(outcome.jobs, "job")) at a time instead of "
          + "\(options.resources.cores): more would not fit in memory")
    }
    guard outcome.isComplete else { throw Interrupts.ending ?? .failure }
    for warning in outcome.warnings { options.warn([warning.sentence], of: warning.path) }
    for failure in outcome.failures { Failure.print(failure.error) }
    let account = try LatentAccount(outcome, model: loaded, rule: framing)
    for file in try account.write(outcome.table, into: options.output) { print(file) }
    for known in account.classes { print("\(known.name): \(known.count)") }
    if !outcome.failures.isEmpty { throw Ending.failure }
  }
}
