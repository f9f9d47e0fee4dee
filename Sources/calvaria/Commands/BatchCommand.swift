import Pipelines
import Accounts
public import Batches
public import DataSets
import Errors
public import ArgumentParser
import Clusters
import Dataflow
import Files

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

      --shard i/n does part i of n, of about the same time as the others, by earlier runs or by the size of the scans. \
      Any number of parts may write into one OUT at the same time, from several machines that share it; each may be \
      killed and started again. The accounts of all are made whenever a part ends, and by `calvaria batch merge OUT`. \
      --plan prints how long the parts will take, and how much memory.

      EXAMPLES
        calvaria batch SkullBreak -o out
        calvaria batch SkullBreak -o out --set opening=1 --explain
        calvaria batch SkullBreak -o out --retry-failed
        calvaria batch SkullBreak -o out --shard 1/4
        calvaria batch SkullBreak -o out --plan --shards 4 --json
        calvaria batch merge out
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

  @Flag(help: "Print how long the batch will take and what memory it needs, and do nothing.")
  var plan = false

  @Flag(
    help: "Give the parts to Slurm, wait for their end and merge them; with --dry-run, print how.")
  var slurm = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "With --slurm: an option for sbatch, such as --account=skulls; may be repeated.",
      valueName: "option"))
  var slurmOption: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --plan and --slurm: the number of parts (default: one for half an hour of work).",
      valueName: "n"))
  var shards: Int?

  @Flag(help: "With --plan: print one JSON object.")
  var json = false

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

  /// What Slurm gives a part; the account does not show it as the user's.
  @Option(help: .hidden) var partJobs: Int?
  @Option(help: .hidden) var partMemory: ByteCount?

  @OptionGroup var options: RunOptions

  func validate() throws {
    if retryFailed, !only.isEmpty {
      throw ValidationError("--retry-failed and --only exclude each other; leave one out")
    }
    if options.alternatives > 0 {
      throw ValidationError("--alternatives: expected with implant and run only; leave it out")
    }
    try Self.requireNumber(ofShards: shards)
    if shards != nil, !plan, !slurm {
      throw ValidationError("--shards: expected --plan or --slurm with it, found none")
    }
    if json, !plan { throw ValidationError("--json: expected --plan with it, found none") }
    if !slurmOption.isEmpty, !slurm {
      throw ValidationError("--slurm-option: expected --slurm with it, found none")
    }
    if retryFailed || !only.isEmpty, shard != nil || slurm {
      throw ValidationError(
        "--retry-failed and --only: expected without --shard and --slurm, whose accounts are of all cases; leave one out"
      )
    }
    if plan || slurm, shard != nil {
      throw ValidationError(
        "--shard: expected without --plan and --slurm; say --shards n with them")
    }
    for (isGiven, name) in [
      (plan, "--plan"), (explain, "--explain"), (trace != nil, "--trace"),
      (!only.isEmpty, "--only"), (failFast, "--fail-fast"),
    ] where isGiven && slurm {
      throw ValidationError("\(name) and --slurm exclude each other; leave one out")
    }
    if noCache, cache != nil {
      throw ValidationError("--cache and --no-cache exclude each other; leave one out")
    }
  }

  /// Throws where there cannot be so many parts.
  static func requireNumber(ofShards shards: Int?) throws {
    if let shards, !(1...BatchRequest.Shard.most).contains(shards) {
      throw ValidationError(
        "--shards: expected 1 to \(BatchRequest.Shard.most) parts, found \(shards)")
    }
  }

  func run() throws {
    let file = try pipeline ?? PipelineLibrary.path(of: "implant.yaml")
    let set = try DataSet(dataset, layout: layout, excluding: [options.output])
    if slurm, dryRun {
      // What is printed is for a shell.
      if !options.resources.quiet { StandardError.writeLine("\(dataset): \(set.recognition)") }
    } else if !json {
      print("\(dataset): \(set.recognition)")
    }
    if !options.resources.quiet {
      for warning in set.warnings { StandardError.warn(warning, of: dataset) }
    }
    let request = request(
      set, try options.pipeline(file, pictures: previews, isBatch: true))
    if plan {
      let plan = try BatchPlan(request, shards: shards)
      if json { print(try plan.json()) } else { BatchResults.print(plan) }
      return
    }
    if slurm { return try submit(try BatchPlan(request, shards: shards)) }
    let batch = try BatchRun(request, isDryRun: dryRun) { notice in
      if !options.resources.quiet { StandardError.writeLine("calvaria: \(notice)") }
    }
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
    if account.status == .cancelled { throw Interrupts.ending ?? .failure }
    if !account.failed.isEmpty || (options.strict && account.isDoubtful) {
      throw Ending.failure
    }
  }

  /// Gives the parts to Slurm and follows them.
  private func submit(_ plan: BatchPlan) throws {
    let request = try SlurmRequest(
      plan, folder: options.output,
      arguments: RerunCommand.part(Array(CommandLine.arguments.dropFirst())),
      program: ProgramFiles.executable, scripts: try SlurmRequest.scriptsOfProgram(),
      cores: options.resources.jobs ?? 2, memory: options.resources.memory?.bytes,
      options: slurmOption)
    if dryRun {
      print(SlurmResults.lines(of: request).joined(separator: "\n"))
      return
    }
    let batch = try SlurmBatch(request)
    Interrupts.onFirst { batch.stop() }
    let results = SlurmResults(parts: request.parts, isQuiet: options.resources.quiet)
    let account = try batch.finish { results.observe($0) }
    Interrupts.onFirst(nil)
    guard let account else {
      StandardError.writeLine(
        "calvaria: the jobs go on; `squeue --me` shows them, `scancel` ends them, "
          + "`calvaria merge \(options.output)` makes the accounts")
      throw Interrupts.ending ?? .failure
    }
    BatchResults.print(account, folder: options.output)
    if account.status != .completed || (options.strict && account.run.isDoubtful) {
      throw Ending.failure
    }
  }

  private func request(_ set: DataSet, _ pipeline: Pipeline) -> BatchRequest {
    var request = BatchRequest(
      dataSet: set, pipeline: pipeline, folder: options.output, program: Version.program)
    request.command = Array(CommandLine.arguments.dropFirst())
    request.jobs = options.resources.jobs ?? partJobs.map { max(1, $0) } ?? options.resources.cores
    request.memory = (options.resources.memory ?? partMemory)?.bytes ?? options.resources.bytes
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
