public import Completion
public import Files
public import Dataflow
public import Implants
public import Recognition

/// The account of a run: its inputs, its parameters, and what was made from them.
///
/// Written as `run.json`; a reader that meets a newer `formatVersion` must refuse it.
public struct RunAccount: Codable, Sendable {
  public static let formatVersion = 1

  public var formatVersion = RunAccount.formatVersion
  public var program: Program
  /// The command line, from the subcommand on.
  public var command: [String]
  /// When the run began, ISO 8601 in UTC.
  public var started: String
  /// How long it took, in seconds.
  public var seconds: Double
  public var status: Status
  public var pipeline: PipelineRecord
  /// The model files that the stages share: path, bytes, SHA-256 and what they hold.
  public var models: [Note]
  /// What it was allowed to use, and used.
  public var resources: Resources
  /// The folder of the data set; nil if files were named.
  public var dataSet: DataSetRecord?
  public var host = Host()
  /// The cases, with how each ended.
  public var cases: [CaseRecord]
  /// Files of an earlier run in the folder that this one did not make, and removed.
  public var removed: [String]?
  /// The parts that a batch was done in, each by a process of its own; nil for one process.
  public var shards: [ShardRecord]?

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

  /// The folder of a data set.
  public struct DataSetRecord: Codable, Sendable {
    public var root: String
    /// The layout that was recognised or chosen.
    public var layout: String
    public var cases: Int
    /// The part of the cases that this run processed, such as `2/8`; nil: all.
    public var shard: String?

    package init(root: String, layout: String, cases: Int, shard: String? = nil) {
      self.root = root
      self.layout = layout
      self.cases = cases
      self.shard = shard
    }
  }

  /// A part of a batch, and the process that did it.
  public struct ShardRecord: Codable, Sendable {
    /// The part, such as `2/8`.
    public var shard: String
    public var host: Host
    /// The job of a cluster, such as `1234_2`; nil outside of one.
    public var job: String?
    /// When it began, ISO 8601 in UTC.
    public var started: String
    /// How long it took, in seconds; nil if it did not come to its end.
    public var seconds: Double?
    public var status: Status
    /// Nil if it did not come to its end.
    public var resources: Resources?

    package init(shard: String, host: Host, job: String?, started: String) {
      (self.shard, self.host, self.job, self.started) = (shard, host, job, started)
      status = .cancelled
    }
  }

  /// Whether an implant of it cannot be trusted, or its part fails the gate.
  public var isDoubtful: Bool {
    cases.contains(where: \.isDoubtful)
  }

  /// How a run or a case ended.
  public enum Status: String, Codable, Sendable {
    case completed, failed, cancelled
  }

  public struct Program: Codable, Sendable {
    public var version: String
    /// Versions of the libraries that it uses, by name.
    public var libraries: [String: String]

    public init(version: String, libraries: [String: String]) {
      (self.version, self.libraries) = (version, libraries)
    }
  }

  public struct PipelineRecord: Codable, Sendable {
    public var name: String
    public var file: String
    public var sha256: String
    /// The parameters of every stage, by its name.
    public var stages: [String: [String: ParameterValue]]
    public var warnings: [String]

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
  public struct Resources: Codable, Sendable {
    /// Cores that compute stages shared.
    public var jobs: Int
    /// The memory limit in bytes.
    public var memoryLimit: Int
    /// Peak bytes of values and running stages together, as the scheduler counted them.
    public var peakCountedBytes: Int
    /// Peak bytes of physical memory of the process.
    public var peakBytes: Int

    package init(jobs: Int, memoryLimit: Int, peakCountedBytes: Int, peakBytes: Int) {
      self.jobs = jobs
      self.memoryLimit = memoryLimit
      self.peakCountedBytes = peakCountedBytes
      self.peakBytes = peakBytes
    }
  }

  /// How a case ended, and what was made from it.
  public struct CaseRecord: Codable, Sendable {
    public var name: String
    /// The path of the input, as given.
    public var path: String
    public var status: Status
    /// What went wrong, in one line.
    public var error: String?
    public var failedStage: String?
    /// The kind of error, see ``CaseFailure/code``.
    public var errorCode: String?
    /// What the scan was taken for, and why; nil where it was not read.
    public var reading: ScanReading?
    /// The scores of the implant, if there is a truth.
    public var score: ScoreRecord?
    /// What the completion found in the skull; nil where it does not look.
    public var findings: CompletionFindings?
    /// What the gate found of the part; nil where there is none.
    public var gate: GateReport?
    /// What goes into the patient's chart; nil where nothing of the implant was measured.
    public var measurements: ChartMeasurements?
    public var warnings: [String]
    /// The files read, each with its bytes and SHA-256; empty if reading failed.
    public var inputs: [FileRecord]
    public var outputs: [OutputRecord]
    /// The stages that ran, in the order in which they ended.
    public var stages: [StageRecord]

    /// Whether its implant cannot be trusted, or its part fails the gate.
    package var isDoubtful: Bool {
      (findings?.confidence ?? 1) < CompletionFindings.leastConfidence || !(gate?.passes ?? true)
    }

    package init(
      name: String, path: String, status: Status, error: String? = nil, failedStage: String? = nil,
      errorCode: String? = nil, reading: ScanReading? = nil, score: ScoreRecord? = nil,
      findings: CompletionFindings? = nil,
      gate: GateReport? = nil, measures: ImplantMeasures? = nil, warnings: [String],
      inputs: [FileRecord],
      outputs: [OutputRecord], stages: [StageRecord]
    ) {
      self.name = name
      self.path = path
      self.status = status
      self.error = error
      self.failedStage = failedStage
      self.errorCode = errorCode
      self.reading = reading
      self.score = score
      self.findings = findings
      self.gate = gate
      measurements = measures.map { ChartMeasurements(findings, $0) }
      self.warnings = warnings
      self.inputs = inputs
      self.outputs = outputs
      self.stages = stages
    }
  }

  public struct OutputRecord: Codable, Sendable {
    /// The file, relative to the folder of the run.
    public var file: String
    /// The size in bytes; null if there was nothing to write.
    public var bytes: Int?
    /// SHA-256; null if there was nothing to write.
    public var sha256: String?
    /// What the mask or the surface in it measures.
    public var measurements: OutputMeasurements

    package init(
      file: String, bytes: Int? = nil, sha256: String? = nil, measurements: OutputMeasurements
    ) {
      self.file = file
      self.bytes = bytes
      self.sha256 = sha256
      self.measurements = measurements
    }

    private enum CodingKeys: CodingKey { case file, bytes, sha256, measurements }

    /// Writes every key; a missing value is null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(file, forKey: .file)
      try container.encode(bytes, forKey: .bytes)
      try container.encode(sha256, forKey: .sha256)
      try container.encode(measurements, forKey: .measurements)
    }
  }

  public struct StageRecord: Codable, Sendable {
    /// Where the value of a stage comes from.
    public enum State: String, Codable, Sendable {
      case ran
      case failed
      /// It was told to stop.
      case cancelled
      /// The value was read from the cache.
      case restored
      /// The value was not needed: everything that depends on it was there.
      case reused
    }

    /// The stage's name in the pipeline.
    public var name: String
    public var kind: String
    /// How long it ran, in seconds.
    public var seconds: Double
    /// Seconds from the start of the run to that of the stage; nil if it did not run.
    public var startSeconds: Double?
    /// The cores that it got.
    public var cores: Int
    /// The peak bytes that it declared.
    public var declaredBytes: Int
    /// The bytes of its value.
    public var outputBytes: Int
    /// Where the value comes from.
    public var state: State
    /// Its findings by name.
    public var notes: [String: Note]

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
