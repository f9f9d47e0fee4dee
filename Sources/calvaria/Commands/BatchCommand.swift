import Accounts
public import Batches
public import DataSets
public import ArgumentParser
import Pipelines
import Dataflow

/// `calvaria batch DATASET -o OUT`.
struct BatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Run a pipeline on every case of a data set, and score the implants.",
    discussion: """
      DATASET is a folder of AutoImplant 2020 (SkullFix), SkullBreak, Task 2, the skullVAE set,
      MUG500+, or any folder of volumes. OUT gets implant/<case> and mesh/<case>.stl below the names
      that the cases have in the set, the scores of those with a truth in scores.csv and summary.json,
      failures.json, and run.json, the account of all.

      A second run does what is left: cases that failed, and what hangs on files and parameters that
      were changed. Values worth it are stored in OUT/.calvaria/cache or in --cache DIR, which several
      runs may share. An input file is hashed again only if its inode, size or time has changed;
      --rehash reads every one.

      EXAMPLES
        calvaria batch SkullBreak -o out
        calvaria batch SkullBreak -o out --set gamma=2 --explain
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
      "Take the folder as this (\(DataSetLayout.allCases.map(\.rawValue).joined(separator: ", "))).",
      valueName: "layout"))
  var layout: DataSetLayout?

  @Option(
    help: ArgumentHelp("Do part i of n of the cases, for several machines.", valueName: "i/n"))
  var shard: BatchRequest.Shard?

  @Option(help: ArgumentHelp("Do this case only; may be repeated.", valueName: "case"))
  var only: [String] = []

  @Flag(help: "Do the cases only that failures.json lists.")
  var retryFailed = false

  @Flag(help: "End the run with the first case that fails.")
  var failFast = false

  @Flag(help: "Neither store values nor reuse anything.")
  var noCache = false

  @Option(
    help: ArgumentHelp(
      "Store values here (default: OUT/.calvaria/cache).", valueName: "dir"),
    completion: .directory)
  var cache: String?

  @Option(
    help: ArgumentHelp(
      "What stored values may take; the ones not used for longest go (default: 10GB).",
      valueName: "bytes"))
  var cacheSize: ByteCount?

  @Flag(help: "Hash every input file, also those that look as they did.")
  var rehash = false

  @Flag(help: "Say for each case and stage: reused, or why it runs.")
  var explain = false

  @Flag(help: "Say what would be done, and do nothing.")
  var dryRun = false

  @Flag(
    help: "Write the pictures of the pipeline too, as preview/<case>.png (most of a second each).")
  var previews = false

  @Option(
    help: ArgumentHelp(
      "Write what was done when, for the trace viewers of Chrome and Perfetto.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var trace: String?

  @OptionGroup var options: RunOptions

  func validate() throws {
    if retryFailed, !only.isEmpty {
      throw ValidationError("expected --retry-failed or --only, found both; leave one out")
    }
    if noCache, cache != nil {
      throw ValidationError("expected --cache or --no-cache, found both; leave one out")
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
      request(set, try options.pipeline(file, pictures: previews)), isDryRun: dryRun)
    if !options.resources.quiet {
      for warning in batch.warnings { StandardError.warn(warning, of: file) }
    }
    let progress = Progress(cases: batch.count, level: options.progressLevel)
    let work = BatchWork(batch, isDryRun: dryRun, explains: explain) { event in
      switch event {
      case .explained(let lines): BatchResults.explain(lines)
      case .stage(let event): progress.observe(event)
      case .retrying(let name, let message, let seconds):
        progress.line("calvaria: warning: \(name): \(message); tried again in \(seconds) s")
      case .ended(let record, _) where record.status == .cancelled: break
      case .ended(let record, let isReused):
        progress.finished(record.name, failed: record.status == .failed, reused: isReused)
      }
    }
    Interrupts.onFirst {
      StandardError.writeLine(
        "calvaria: stopping after the running stages; once more stops at once")
      work.stop()
    }
    let account = try work.finish(trace: trace)
    Interrupts.onFirst(nil)
    progress.close()
    if let trouble = batch.cacheTrouble { StandardError.warn(trouble, of: options.output) }
    if dryRun {
      print(
        "\(batch.count) cases looked at: nothing to do for \(account.reused), "
          + "\(batch.count - account.reused) to run")
      return
    }
    BatchResults.print(account, folder: options.output)
    if let code = Interrupts.exitCode, account.manifest.status == .cancelled {
      throw ExitCode(code)
    }
    if !account.failed.isEmpty || account.manifest.status == .cancelled {
      throw ExitCode(Failure.input)
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
