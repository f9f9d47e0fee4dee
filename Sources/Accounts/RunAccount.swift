public import Completion
public import Files
public import Dataflow

/// The account of a run: what was done to which bytes with what, and what came of it.
///
/// Written as `run.json`; a reader that meets a newer `formatVersion` must refuse it.
public struct RunAccount: Encodable, Sendable {
  public static let formatVersion = 1

  public var formatVersion = RunAccount.formatVersion
  /// The program and its libraries.
  public var program: Program
  /// The command line, from the subcommand on.
  public var command: [String]
  /// When the run began, ISO 8601 in UTC.
  public var started: String
  /// How long it took, in seconds.
  public var seconds: Double
  /// How it ended.
  public var status: Status
  /// What was run.
  public var pipeline: PipelineRecord
  /// The model files that the stages share: path, bytes, SHA-256 and what they hold.
  public var models: [Note]
  /// What it was allowed to use, and used.
  public var resources: Resources
  /// The folder that was gone through; nil where files were named.
  public var dataSet: DataSetRecord?
  /// The machine.
  public var host = Host()
  /// What became of each case.
  public var cases: [CaseRecord]

  /// A record of its parts.
  package init(
    program: Program, command: [String], started: String, seconds: Double, status: Status,
    pipeline: PipelineRecord, models: [Note], resources: Resources, dataSet: DataSetRecord? = nil,
    cases: [CaseRecord]
  ) {
    self.program = program
    self.command = command
    self.started = started
    self.seconds = seconds
    self.status = status
    self.pipeline = pipeline
    self.models = models
    self.resources = resources
    self.dataSet = dataSet
    self.cases = cases
  }

  /// The folder that was gone through.
  public struct DataSetRecord: Encodable, Sendable {
    /// The folder.
    public var root: String
    /// What it was recognised as.
    public var layout: String
    public var cases: Int
    /// Which part of the cases this run was of: `2/8`; nil: all.
    public var shard: String?

    /// A record of its parts.
    package init(root: String, layout: String, cases: Int, shard: String? = nil) {
      self.root = root
      self.layout = layout
      self.cases = cases
      self.shard = shard
    }
  }

  /// Whether an implant of it cannot be trusted.
  public var isDoubtful: Bool {
    cases.contains { ($0.findings?.confidence ?? 1) < CompletionFindings.leastConfidence }
  }

  /// How a run or a case ended.
  public enum Status: String, Encodable, Sendable {
    case completed, failed, cancelled
  }

  /// The program and its libraries.
  public struct Program: Encodable, Sendable {
    public var version: String
    /// Versions of the libraries that it uses, by name.
    public var libraries: [String: String]

    /// A program and its libraries.
    public init(version: String, libraries: [String: String]) {
      (self.version, self.libraries) = (version, libraries)
    }
  }

  /// What was run.
  public struct PipelineRecord: Encodable, Sendable {
    /// The pipeline's name.
    public var name: String
    /// The pipeline file.
    public var file: String
    /// SHA-256 of the file.
    public var sha256: String
    /// The parameters of every stage, by the stage's name.
    public var stages: [String: [String: ParameterValue]]
    /// What should be read about the pipeline.
    public var warnings: [String]

    /// A record of its parts.
    package init(
      name: String, file: String, sha256: String, stages: [String: [String: ParameterValue]],
      warnings: [String]
    ) {
      self.name = name
      self.file = file
      self.sha256 = sha256
      self.stages = stages
      self.warnings = warnings
    }
  }

  /// What a run was allowed to use, and used.
  public struct Resources: Encodable, Sendable {
    /// Cores that compute stages shared.
    public var jobs: Int
    /// The limit of bytes.
    public var memoryLimit: Int
    /// The most bytes that values and running stages counted at one time.
    public var peakCountedBytes: Int
    /// The most bytes of physical memory that the process held.
    public var peakBytes: Int

    /// A record of its parts.
    package init(jobs: Int, memoryLimit: Int, peakCountedBytes: Int, peakBytes: Int) {
      self.jobs = jobs
      self.memoryLimit = memoryLimit
      self.peakCountedBytes = peakCountedBytes
      self.peakBytes = peakBytes
    }
  }

  /// What became of a case.
  public struct CaseRecord: Encodable, Sendable {
    /// The case's name.
    public var name: String
    /// The input, as it was given.
    public var path: String
    /// How it ended.
    public var status: Status
    /// What went wrong, in one line.
    public var error: String?
    /// The stage that it went wrong in.
    public var failedStage: String?
    /// What kind of trouble that is, see ``CaseFailure/code``.
    public var errorCode: String?
    /// The scores of the implant, where there is a truth.
    public var score: ScoreRecord?
    /// What the completion found in the skull; nil where it does not look.
    public var findings: CompletionFindings?
    /// What should be read about the case.
    public var warnings: [String]
    /// The files read, each with its bytes and SHA-256; empty where reading failed.
    public var inputs: [FileRecord]
    /// The files written.
    public var outputs: [OutputRecord]
    /// The stages that ran, in the order in which they ended.
    public var stages: [StageRecord]

    /// A record of its parts.
    package init(
      name: String, path: String, status: Status, error: String? = nil, failedStage: String? = nil,
      errorCode: String? = nil, score: ScoreRecord? = nil, findings: CompletionFindings? = nil, warnings: [String],
      inputs: [FileRecord],
      outputs: [OutputRecord], stages: [StageRecord]
    ) {
      self.name = name
      self.path = path
      self.status = status
      self.error = error
      self.failedStage = failedStage
      self.errorCode = errorCode
      self.score = score
      self.findings = findings
      self.warnings = warnings
      self.inputs = inputs
      self.outputs = outputs
      self.stages = stages
    }
  }

  /// A file that was written.
  public struct OutputRecord: Encodable, Sendable {
    /// The file, relative to the folder of the run.
    public var file: String
    /// Bytes; null where there was nothing to write.
    public var bytes: Int?
    /// SHA-256; null where there was nothing to write.
    public var sha256: String?
    /// What the mask or the surface in it measures.
    public var measurements: OutputMeasurements

    /// A record of its parts.
    package init(
      file: String, bytes: Int? = nil, sha256: String? = nil, measurements: OutputMeasurements
    ) {
      self.file = file
      self.bytes = bytes
      self.sha256 = sha256
      self.measurements = measurements
    }

    private enum CodingKeys: CodingKey { case file, bytes, sha256, measurements }

    /// All keys always; what is not there is null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(file, forKey: .file)
      try container.encode(bytes, forKey: .bytes)
      try container.encode(sha256, forKey: .sha256)
      try container.encode(measurements, forKey: .measurements)
    }
  }

  /// A stage of a case.
  public struct StageRecord: Encodable, Sendable {
    /// Where the value of a stage comes from.
    public enum State: String, Encodable, Sendable {
      /// The stage ran.
      case ran
      /// It ran and failed.
      case failed
      /// It was told to stop.
      case cancelled
      /// The value was read from the cache.
      case restored
      /// The value was not needed: what hangs on it was there.
      case reused
    }

    /// The stage's name in the pipeline.
    public var name: String
    public var kind: String
    /// How long it ran, in seconds.
    public var seconds: Double
    /// Seconds from the start of the run to that of the stage; nil where it did not run.
    public var startSeconds: Double?
    /// Cores that it was given.
    public var cores: Int
    /// Bytes that it declared.
    public var declaredBytes: Int
    /// Bytes of its value.
    public var outputBytes: Int
    /// Where the value comes from.
    public var state: State
    /// What it found.
    public var notes: [String: Note]

    /// A record of its parts.
    package init(
      name: String, kind: String, seconds: Double, startSeconds: Double? = nil, cores: Int,
      declaredBytes: Int, outputBytes: Int, state: State, notes: [String: Note]
    ) {
      self.name = name
      self.kind = kind
      self.seconds = seconds
      self.startSeconds = startSeconds
      self.cores = cores
      self.declaredBytes = declaredBytes
      self.outputBytes = outputBytes
      self.state = state
      self.notes = notes
    }
  }
}
