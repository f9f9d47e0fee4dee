import Accounts
import Settings
public import ArgumentParser
import Completion
import Errors
import Files
import Pipelines
import VolumeIO
public import Volumes

/// The options that `implant` and `run` have in common.
struct RunOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The output folder; created if missing.", valueName: "dir"),
    completion: .directory)
  var output: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a parameter of the pipeline, or a setting of one of its stages (design.thickness=4); may be repeated.",
      valueName: "name=value"))
  var changes: [String] = []

  @Option(
    parsing: .unconditional, help: "The label of bone, if the file holds several labels.")
  var label: Int?

  @Option(
    help: ArgumentHelp(
      "The space of the coordinates (LPS, RAS, LAS), if the file does not state it or is wrong.",
      valueName: "space"))
  var assumeSpace: Space?

  @Option(help: "nifti: also write masks as NIfTI.")
  var format = MaskFormat(name: VolumeFormat.nrrd.name)

  @Flag(help: "Also write every intermediate volume.")
  var keep = false

  @Flag(
    help:
      "Exit with 1 if an implant's confidence is below \(CompletionFindings.leastConfidence), or its part fails a check."
  )
  var strict = false

  @Flag(
    help:
      "Also cut a hole into whole bone of the same skull, fill it without looking at that bone, and print how well the two agree."
  )
  var selfTest = false

  @Option(
    help: ArgumentHelp(
      "Also write the implants of this many other completion models, as alternatives/MODEL.nrrd.",
      valueName: "count"))
  var alternatives = 0

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Fill only the hole at this place: a mask that marks it, or a point x,y,z in LPS mm; may be repeated.",
      valueName: "mask|x,y,z"))
  var hole: [String] = []

  @Option(
    help: ArgumentHelp(
      "A mask of bone to remove first. Its hole is filled, with the holes that touch it; others only with --hole.",
      valueName: "mask"),
    completion: .file())
  var resection: String?

  @Flag(
    help:
      "Also write report.html, a page with figures, pictures and an interactive viewer; it opens without a network."
  )
  var report = false

  @Option(
    help: ArgumentHelp(
      "The title of the page (default: the name of the case). What stands in it is up to you: nothing else of a patient reaches a page but file names.",
      valueName: "text"))
  var title: String?

  @Flag(name: [.short, .long], help: "Print every stage as it finishes.")
  var verbose = false

  @Flag(
    help: ArgumentHelp(
      "Run one stage at a time, and record in run.json how much memory each used and declared.",
      visibility: .hidden))
  var measureMemory = false

  @OptionGroup var resources: ResourceOptions

  @OptionGroup var reading: SegmentReadingOptions

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output: expected a folder, found nothing") }
    if label != nil, reading.segment != nil {
      throw ValidationError("--segment: expected either --segment or --label, found both")
    }
    if title != nil, !report {
      throw ValidationError("--title: expected with --report, found without; add --report")
    }
    if alternatives < 0 {
      throw ValidationError("--alternatives: expected 0 or more, found \(alternatives)")
    }
  }

  /// The formats that masks can also be written in.
  struct MaskFormat: ExpressibleByArgument {
    let name: String
    static var allValueStrings: [String] { VolumeFormats.standard.all.map(\.name) }
    var defaultValueDescription: String { name }

    init(name: String) { self.name = name }
    init?(argument: String) {
      guard Self.allValueStrings.contains(argument) else { return nil }
      name = argument
    }

    /// The ending of the additional files, without its dot.
    var additionalEnding: String? {
      VolumeFormats.standard.all.first { $0.name == name && $0.name != VolumeFormat.nrrd.name }
        .map { String($0.standardEnding.dropFirst()) }
    }
  }

  /// Runs a pipeline on cases and prints the results; if something failed, throws the ending with its exit
  /// code.
  func run(pipeline path: String, cases: [String]) throws {
    let pipeline = try pipeline(path)
    let volumes = try DICOMCases(cases, into: output, isQuiet: resources.quiet)
    var request = PipelineRun.Request(
      pipeline: pipeline, paths: volumes.paths, folder: output, program: Version.program)
    request.notes = volumes.notes
    request.jobs = measureMemory ? 1 : resources.cores
    request.memory = resources.bytes
    request.label = label
    request.assumedSpace = assumeSpace
    request.reading = reading.options
    request.command = Array(CommandLine.arguments.dropFirst())
    (request.reports, request.title) = (report, title)

    let run = try PipelineRun(request)
    let progress = Progress(
      cases: cases.count, level: progressLevel, shares: StageShares(of: pipeline.graph))
    let running = try run.start { progress.observe($0) }
    Interrupts.onFirst {
      StandardError.writeLine(
        Interrupts.notice(waitingFor: "the running stages"))
      running.stop()
    }
    let account = try running.finish()
    Interrupts.onFirst(nil)
    progress.close()
    Results.print(account, folder: output)
    if account.status == .cancelled { throw Interrupts.ending ?? .failure }
    if account.status == .failed || (strict && account.isDoubtful) { throw Ending.failure }
  }

  /// How much is printed during a run.
  var progressLevel: Progress.Level {
    resources.quiet ? .quiet : verbose ? .verbose : .normal
  }

  /// The pipeline of a file, with the changes of the command line; prints its warnings.
  ///
  /// - Parameters:
  ///   - pictures: whether the pictures that the file names are made.
  ///   - isBatch: whether it is for a batch, whose page shows a small picture of each case.
  func pipeline(_ path: String, pictures: Bool = true, isBatch: Bool = false) throws -> Pipeline {
    var options = Pipeline.Options()
    options.omitsPictures = !pictures
    options.overrides = try (changes + (selfTest ? ["selfTest=true"] : [])).map {
      try Override(parsing: $0)
    }
    options.overrides += try holeChanges()
    options.additionalMaskFormat = format.additionalEnding
    options.keepsIntermediates = keep
    options.alternatives = alternatives
    options.measuresMemory = measureMemory
    options.reports = report && !isBatch
    options.thumbnails = report && isBatch
    let pipeline = try Self.checked(path, options)
    for warning in pipeline.warnings where !resources.quiet {
      StandardError.warn(warning, of: path)
    }
    return pipeline
  }

  /// What `--hole` and `--resection` change.
  private func holeChanges() throws -> [Override] {
    var changes: [Override] = []
    if let resection {
      changes.append(try Override(parsing: "resection=\(resection)", origin: "--resection"))
    }
    let holes = hole.isEmpty && resection != nil ? ["resection"] : hole
    if !holes.isEmpty {
      changes.append(
        try Override(parsing: "hole=\(holes.joined(separator: ";"))", origin: "--hole"))
    }
    return changes
  }

  /// The pipeline of a file, or of the one of this name that comes with the program, such as
  /// `pipelines/implant-vae.yaml`. One that is missing or unreadable is an error of configuration: exit code 2.
  static func checked(_ path: String, _ options: Pipeline.Options = .init()) throws -> Pipeline {
    try WrongUse.ofConfiguration {
      try Pipeline(PipelineFile(reading: ProgramFiles.located(path)), options: options)
    }
  }
}

extension Space: ExpressibleByArgument {
  /// Reads `LPS` or `left-posterior-superior`, in any case.
  public init?(argument: String) {
    let text = argument.lowercased()
    let match = Space.allCases.first {
      $0.rawValue == text || $0.abbreviation?.lowercased() == text
    }
    guard let match, match.isAnatomical else { return nil }
    self = match
  }

  public static var allValueStrings: [String] { allCases.compactMap(\.abbreviation) }
}
