import Pipelines
import Accounts
public import Batches
public import DataSets
import Errors
public import ArgumentParser
import Dataflow

/// `calvaria batch DATASET -o OUT`.
struct BatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Run a pipeline on every case of a data set and score the implants.",
    discussion: """
      DATASET is a folder of AutoImplant 2020 (SkullFix), SkullBreak, Task 2, the skullVAE set, \
      MUG500+, or any folder of volumes. Writes implant/<case>, mesh/<case>.stl and the other outputs of \
      the pipeline into OUT, named as the cases are in the set; scores.csv and summary.json with the \
      scores of the cases that have a true implant; measurements.csv with the figures of every hole; \
      failures.json; and run.json, the record of the whole run.

      A second run does only what is left: failed cases, and everything downstream of changed files \
      and parameters. Results that are slow to make are cached in OUT/.calvaria/cache or in \
      --cache DIR, which several runs may share. An input file is hashed again only if its inode, size \
      or modification time has changed; --rehash hashes every file.

      EXAMPLES
        calvaria batch SkullBreak -o out
        calvaria batch SkullBreak -o out --set opening=1 --explain
        calvaria batch SkullBreak -o out --retry-failed
        calvaria batch SkullBreak -o out-1 --shard 1/4 --cache /shared/cache
        calvaria verify out
      """)

  @Argument(help: "The folder of cases.", completion: .directory)
  var dataset: String

  @Option(
    help: ArgumentHelp(
      "The pipeline file (default: implant.yaml beside the program).", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String?

  @Option(
    help: ArgumentHelp(
      "Layout of the folder, instead of detecting it (\(DataSetLayout.allCases.map(\.rawValue).joined(separator: ", "))).",
      valueName: "layout"))
  var layout: DataSetLayout?

  @Option(
    help: ArgumentHelp(
      "Process part i of n of the cases, to share the work between machines.", valueName: "i/n"))
  var shard: BatchRequest.Shard?

  @Option(help: ArgumentHelp("Process only this case; may be repeated.", valueName: "case"))
  var only: [String] = []

  @Flag(help: "Process only the cases that failures.json lists.")
  var retryFailed = false

  @Flag(help: "Stop the run at the first failing case.")
  var failFast = false

  @Flag(help: "Neither read nor write the cache; run every stage.")
  var noCache = false

  @Option(
    help: ArgumentHelp(
      "The folder of the cache (default: OUT/.calvaria/cache).", valueName: "dir"),
    completion: .directory)
  var cache: String?

  @Option(
    help: ArgumentHelp(
      "Largest size of the cache; the least recently used entries are removed (default: 10GB).",
      valueName: "bytes"))
  var cacheSize: ByteCount?

  @Flag(help: "Hash every input file, even those that look unchanged.")
  var rehash = false

  @Flag(help: "For each case and stage, print whether it is reused or why it runs.")
  var explain = false

  @Flag(help: "Print what would be done, and do nothing.")
  var dryRun = false

  @Flag(
    help: "Also write the pictures, as preview/<case>.png (just under a second each).")
  var previews = false

  @Option(
    help: ArgumentHelp(
      "Write a timeline of the stages, for the trace viewers of Chrome and Perfetto.",
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  var trace: String?

  @OptionGroup var options: RunOptions

  func validate() throws {
    if retryFailed, !only.isEmpty {
      throw ValidationError("--retry-failed and --only exclude each other; leave one out")
    }
    if options.alternatives > 0 {
      throw ValidationError("--alternatives: expected with implant and run only; leave it out")
    }
    if noCache, cache != nil {
      throw ValidationError("--cache and --no-cache exclude each other; leave one out")
    }
  }

  func run() throws {
    let file = try pipeline ?? PipelineLibrary.path(of: "implant.yaml")
    let set = try DataSet(dataset, layout: layout, excluding: [options.output])
    print("\(dataset): \(set.recognition)")
    if !options.resources.quiet {
      for warning in set.warnings { StandardError.warn(warning, of: dataset) }
    }
    let batch = try BatchRun(
      request(set, try options.pipeline(file, pictures: previews, isBatch: true)), isDryRun: dryRun)
    if !options.resources.quiet {
      for warning in batch.warnings { StandardError.warn(warning, of: file) }
    }
    let progress = Progress(cases: batch.count, level: options.progressLevel)
    let work = BatchWork(batch, isDryRun: dryRun, explains: explain) { event in
      switch event {
      case .explained(let lines): BatchResults.explain(lines)
      case .stage(let event): progress.observe(event)
      case .retrying(let name, let message, let seconds):
        progress.line("calvaria: warning: \(name): \(message); retrying in \(seconds) s")
      case .ended(let record, _) where record.status == .cancelled: break
      case .ended(let record, let isReused):
        progress.finished(record.name, failed: record.status == .failed, reused: isReused)
      }
    }
    Interrupts.onFirst {
      StandardError.writeLine(
        Interrupts.notice(waitingFor: "the running stages"))
      work.stop()
    }
    let account = try work.finish(trace: trace)
    Interrupts.onFirst(nil)
    progress.close()
    if let trouble = batch.cacheTrouble { StandardError.warn(trouble, of: options.output) }
    if dryRun {
      print(
        "\(counted(batch.count, "case")) checked: \(account.reused) up to date, "
          + "\(batch.count - account.reused) to run")
      return
    }
    BatchResults.print(account, folder: options.output)
    if account.run.status == .cancelled { throw Interrupts.ending ?? .failure }
    if !account.failed.isEmpty || (options.strict && account.run.isDoubtful) {
      throw Ending.failure
    }
  }

  private func request(_ set: DataSet, _ pipeline: Pipeline) -> BatchRequest {
    var request = BatchRequest(
      dataSet: set, pipeline: pipeline, folder: options.output, program: Version.program)
    request.command = Array(CommandLine.arguments.dropFirst())
    request.jobs = options.resources.cores
    request.memory = options.resources.bytes
    request.label = options.label
    request.assumedSpace = options.assumeSpace
    request.reading = options.reading.options
    request.selection = retryFailed ? .failed : only.isEmpty ? .all : .named(only)
    request.shard = shard
    request.reuses = !noCache
    request.cacheFolder = cache
    if options.report { request.writesReport(titled: options.title) }
    if let cacheSize { request.cacheLimit = cacheSize.bytes }
    request.rehashes = rehash
    request.failsFast = failFast
    return request
  }
}

extension DataSetLayout: ExpressibleByArgument {}

extension BatchRequest.Shard: ExpressibleByArgument {
  /// Reads `2/8`.
  public init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1] else { return nil }
    self.init(index: index, count: count)
  }
}
