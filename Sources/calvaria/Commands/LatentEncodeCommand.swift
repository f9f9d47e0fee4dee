import Concurrency
import DataSets
import Latents
import Skulls
import ArgumentParser
import Dataflow

/// `calvaria latent encode MODEL FOLDER -o DIR`.
struct LatentEncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Encode every skull below a folder into a table.",
    discussion: """
      Writes latents.csv (case, class, mu, sigma), latents.npy (the same numbers, a row a volume, mu
      before sigma) and latents.json (model, cases, and the moments of each class).
      """)

  @Argument(help: "A model file.", completion: .file(extensions: ["safetensors", "pth"]))
  var model: String

  @Argument(help: "A folder of volumes.", completion: .directory)
  var folder: String

  @Option(help: "fov: a box about the vault, as in training; resize: the whole grid.")
  var framing: FramingRule = .fieldOfView

  @OptionGroup var options: LatentOptions
  @OptionGroup var reading: ReadingOptions

  func run() throws {
    try LatentOptions.run {
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
        StandardError.writeLine("calvaria: stopping after the running cases")
        token.cancel()
      }
      let outcome = try encoding.run(until: token) { progress.finished($0) }
      Interrupts.onFirst(nil)
      progress.close()
      if outcome.jobs < min(options.resources.cores, encoding.folder.members.count),
        !options.resources.quiet
      {
        StandardError.writeLine(
          "calvaria: the memory takes \(outcome.jobs) of \(options.resources.cores) jobs at a time")
      }
      guard outcome.isComplete else { throw ExitCode(Interrupts.exitCode ?? 130) }
      for warning in outcome.warnings { options.warn([warning.sentence], of: warning.path) }
      for failure in outcome.failures { Failure.print(failure.error) }
      let account = try LatentAccount(outcome, model: loaded, rule: framing)
      for file in try account.write(outcome.table, into: options.output) { print(file) }
      for known in account.classes { print("\(known.name): \(known.count)") }
      if !outcome.failures.isEmpty { throw ExitCode(Failure.input) }
    }
  }
}
