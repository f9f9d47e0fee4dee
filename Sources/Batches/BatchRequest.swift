public import Accounts
public import DataSets
public import Pipelines
public import VolumeIO
public import Volumes

/// The pipeline, the folder of cases, and the settings of a batch.
public struct BatchRequest: Sendable {
  /// Which cases of the folder are processed; accounts keep what is known about the others.
  public enum Selection: Hashable, Sendable {
    case all
    /// The cases of these names.
    case named([String])
    /// The cases that `failures.json` lists.
    case failed
  }

  /// One of several parts of the cases, to share the work between machines.
  public struct Shard: Hashable, Sendable {
    /// The number of the part, from 1, and the number of parts.
    public let index, count: Int

    /// The most parts.
    public static let most = 10_000

    /// Nil if there is no such part, such as 3 of 2, or there are too many.
    public init?(index: Int, count: Int) {
      guard (1...Self.most).contains(count), (1...count).contains(index) else { return nil }
      (self.index, self.count) = (index, count)
    }
  }

  public var dataSet: DataSet
  public var pipeline: Pipeline
  /// The output folder; created if missing.
  public var folder: String
  public var program: RunAccount.Program
  /// The command line, for the account and for the commands that it suggests.
  public var command: [String] = []
  /// The number of cores that compute stages share.
  public var jobs = HostResources.usableCores
  /// The memory limit for values and running stages, in bytes.
  public var memory = HostResources.plannedMemory
  /// The label of bone, in files with several labels.
  public var label: Int?
  /// The space of the coordinates, if files do not state it or are wrong.
  public var assumedSpace: Space?
  public var reading = ReadOptions()
  public var selection = Selection.all
  public var shard: Shard?
  /// Whether values are cached, and earlier results reused.
  public var reuses = true
  /// The folder of the cache; nil: inside the output folder.
  public var cacheFolder: String?
  /// The largest size of the cache, in bytes.
  public var cacheLimit = 10_000_000_000
  /// Whether files are hashed even if they look unchanged.
  public var rehashes = false
  /// Whether the first failing case ends the run.
  public var failsFast = false
  /// The seconds before each new try of a case that failed with a temporary error; their number is the number
  /// of tries.
  public var pauses: [Double] = [0.2, 1, 5]
  public var accountFiles = BatchAccount.files
  /// The page of the batch; nil: there is none.
  public internal(set) var page: Page?

  /// A page of a batch.
  public struct Page: Codable, Hashable, Sendable {
    /// Its title; nil: the name of the data set.
    public var title: String?
  }

  public init(
    dataSet: DataSet, pipeline: Pipeline, folder: String, program: RunAccount.Program
  ) {
    (self.dataSet, self.pipeline, self.folder, self.program) = (
      dataSet, pipeline, folder, program
    )
  }
}
