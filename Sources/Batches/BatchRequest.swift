public import Accounts
public import DataSets
public import Pipelines
public import VolumeIO
public import Volumes

/// What to run on which folder, and how.
public struct BatchRequest: Sendable {
  /// Which cases of the folder are looked at; the accounts keep what is known of the others.
  public enum Selection: Hashable, Sendable {
    case all
    /// Those of these names.
    case named([String])
    /// Those that `failures.json` lists.
    case failed
  }

  /// A part of the cases, for several machines.
  public struct Shard: Hashable, Sendable {
    /// Which part, from 1, and how many there are.
    public let index, count: Int

    /// A part; nil where it is none, such as 3 of 2.
    public init?(index: Int, count: Int) {
      guard count >= 1, (1...count).contains(index) else { return nil }
      (self.index, self.count) = (index, count)
    }
  }

  /// The folder of cases.
  public var dataSet: DataSet
  /// The checked pipeline.
  public var pipeline: Pipeline
  /// The folder for outputs; made where it is missing.
  public var folder: String
  public var program: RunAccount.Program
  /// The command line, for the account and for the commands that it proposes.
  public var command: [String] = []
  /// The most cores that compute stages share.
  public var jobs = HostResources.usableCores
  /// The most bytes that values and running stages may count.
  public var memory = HostResources.plannedMemory
  /// The value that is bone in files with several labels.
  public var label: Int?
  /// The space to take coordinates as.
  public var assumedSpace: Space?
  /// What the reader may do.
  public var reading = ReadOptions()
  /// Which cases are looked at.
  public var selection = Selection.all
  /// Which part of them.
  public var shard: Shard?
  /// Whether values are stored, and what was done before is reused.
  public var reuses = true
  /// The folder of stored values; nil: inside the folder for outputs.
  public var cacheFolder: String?
  /// Bytes that stored values may take.
  public var cacheLimit = 10_000_000_000
  /// Whether files are hashed although they look as they did.
  public var rehashes = false
  /// Whether the first case that fails ends the run.
  public var failsFast = false
  /// How often a case is tried again that failed for what may pass, and the seconds before each time.
  public var pauses: [Double] = [0.2, 1, 5]
  /// What is written about the batch.
  public var accountFiles = BatchAccount.files

  /// A request with the standard settings.
  public init(
    dataSet: DataSet, pipeline: Pipeline, folder: String, program: RunAccount.Program
  ) {
    (self.dataSet, self.pipeline, self.folder, self.program) = (
      dataSet, pipeline, folder, program
    )
  }
}
