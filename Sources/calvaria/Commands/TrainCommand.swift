import Completion
import BetaVAE
import ModelTraining
import Settings
import TrainingRuns
import Errors
import Files
import ArgumentParser
import Concurrency
import MessagePassing
import NeuralEngine

/// `calvaria train CONFIG -o DIR`.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model as described in a training file.",
    discussion: """
      Writes model.safetensors, log.jsonl and log.csv (one line per epoch), last.ckpt, best.ckpt and \
      run.json into DIR. When interrupted, the training finishes its step and saves a checkpoint. \
      --resume continues it, even after a crash, and ends with the same bytes as an uninterrupted \
      training (on the same instruction set). Each line of log.jsonl is an object with a \
      formatVersion; run.json lists the warnings.

      Started by mpirun or srun, the processes train one model together, each with minibatches of the \
      file's size: N of them do what one does with minibatches of N times the size. The first one writes; \
      threads and memory are this process's share of its machine.

      EXAMPLES
        calvaria train training/smoke.yaml -o out/smoke
        calvaria train training/shipped.yaml -o out/shipped --resume
        calvaria train training/paper-small-beta.yaml -o out/small --set stage1.epochs=30
        mpirun -n 4 calvaria train training/shipped.yaml -o out/shipped
      """)

  @Argument(help: "The training file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The output folder; created if missing.", valueName: "dir"),
    completion: .directory)
  var output: String

  @Flag(help: "Continue from the folder's last checkpoint, if there is one.")
  var resume = false

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a setting of the file, such as stage1.epochs=30; may be repeated.",
      valueName: "key=value"))
  var changes: [String] = []

  @Option(
    help: ArgumentHelp(
      "What the training runs on: \(Engines.standard.names.joined(separator: ", ")).",
      valueName: "name"))
  var device = Engines.standard.first.name

  @Option(help: "Number of threads (default: the cores available to this process).")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Memory limit, such as 2GB (default: 75 % of the available memory).",
      valueName: "bytes"))
  var memory: ByteCount?

  @OptionGroup var quiet: QuietOption

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output: expected a folder, found nothing") }
    try memory?.requireAddresses()
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads: expected 1 to 256, found \(threads)")
    }
  }

  func run() throws {
    try RankEnding.together(Self.self) { ranks in
      let group: (any RankGroup)? = ranks
      try train(try group.agree { try request(group) }, group)
    }
  }

  /// What the arguments ask for.
  private func request(_ ranks: (any RankGroup)?) throws -> TrainingRun.Request {
    let overrides = try changes.map { try Override(parsing: $0) }
    var request = TrainingRun.Request(
      file: try Self.checked(file, overrides), folder: output,
      engine: try Self.device(named: device).make(),
      program: Version.program)
    request.resumes = resume
    request.ranks = ranks
    if let threads { request.threads = threads }
    if let memory { request.memory = memory.bytes }
    request.command = Array(CommandLine.arguments.dropFirst())
    return request
  }

  private func train(_ asked: TrainingRun.Request, _ ranks: (any RankGroup)?) throws {
    var request = asked
    let isFirst = (ranks?.rank ?? 0) == 0
    let isQuiet = quiet.isOn || !isFirst
    if let ranks {
      let share = RankShare(of: ranks)
      if threads == nil { request.threads = share.threads }
      if memory == nil { request.memory = share.memory }
    }
    let isStopped = Guarded(false)
    let progress = TrainingProgress(request.file.configuration, isQuiet: isQuiet)
    defer { progress.close() }
    if !isQuiet {
      request.warned = { warning in
        progress.close()
        StandardError.warn(warning, of: file)
      }
    }
    let run = try TrainingRun(request)
    Interrupts.onFirst {
      if isFirst { StandardError.writeLine(Interrupts.notice(waitingFor: "this step")) }
      isStopped.withLock { $0 = true }
    }
    let isFinished = try run.run(
      began: { progress.began($0, skulls: run.skulls) }, stepped: { progress.stepped($0) },
      epochEnded: { progress.ended($0) }, shouldStop: { isStopped.withLock { $0 } })
    Interrupts.onFirst(nil)
    guard isFinished else { throw Ending.stopped(amongRanks: ranks != nil) }
    progress.close()
    guard isFirst else { return }
    for name in [ModelFile.name, "log.csv", "run.json"] { print("\(output)/\(name)") }
  }

  private static func device(named name: String) throws -> EngineDeclaration {
    do { return try Engines.standard.device(name) } catch { throw error.about("--device") }
  }

  /// A training file, or the one of this name that comes with the program, such as `training/smoke.yaml`. One that is
  /// missing or unreadable is an error of configuration: exit code 2.
  private static func checked(_ path: String, _ overrides: [Override]) throws -> TrainingFile {
    try WrongUse.ofConfiguration {
      try TrainingFile(reading: ProgramFiles.located(path), overrides: overrides)
    }
  }
}
