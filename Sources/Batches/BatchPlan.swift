public import Accounts
import Concurrency
import DataSets
import Dataflow
import Pipelines

/// What a batch will need, part by part: from the sizes of the scans, what the graph declares and what was measured before.
///
/// For whoever asks a cluster for time and memory. Nothing is read but headers, and nothing is written.
public struct BatchPlan: Encodable, Sendable {
  public static let formatVersion = 1

  /// A part of the cases, done by one process.
  public struct Part: Encodable, Sendable {
    /// Such as `2/8`.
    public let shard: String
    public let cases: Int
    /// How long it is expected to take on two cores, in seconds.
    public let seconds: Double
    /// The longest of its cases, in seconds.
    public let longestCase: Double
    /// The most that one of its cases needs, in bytes.
    public let peakBytes: Int
    /// The most cores that a stage of its cases can use.
    public let cores: Int
  }

  /// What is foreseen of a case.
  public struct Case: Encodable, Sendable {
    public let `case`: String
    public let shard: String
    public let seconds: Double
    /// Whether it took that long when it was done before; else it is reckoned.
    public let isMeasured: Bool
    /// 0 for a file that cannot be read.
    public let peakBytes: Int
    public let cores: Int
  }

  public let formatVersion = Self.formatVersion
  public let dataSet: RunAccount.DataSetRecord
  public let pipeline: String
  public let shards: [Part]
  public let cases: [Case]

  /// A part of the standard number of parts takes about so long, in seconds.
  private static let standardPart = 1800.0

  /// Plans a batch.
  ///
  /// - Parameter count: the number of parts; nil: so many that each takes half an hour.
  /// - Throws: ``Diagnostics`` as ``BatchRun/init(_:isDryRun:)`` for what is wrong with the pipeline.
  /// - Complexity: reads the header of each case.
  public init(_ request: BatchRequest, shards given: Int?) throws {
    let members = request.dataSet.members
    _ = try request.pipeline.ready(memory: request.memory)
    let pipeline = try BatchPipeline(
      request.pipeline, scores: members.contains { $0.truth != nil })
    let folder = BatchFolder(path: request.folder)
    let costs = CaseCosts(of: request, in: folder)
    let sum = costs.seconds.reduce(0, +)
    let count =
      given ?? max(1, min(members.count, BatchRequest.Shard.most, Int(sum / Self.standardPart)))
    let plan = try ShardPlan.shared(
      of: request, members.map { ListedCase($0, of: pipeline) }, into: count, in: folder,
      writes: false)
    let needs = try Workers.map(members.count, threads: max(1, request.jobs)) { index in
      let plan = try BatchRun.memoryPlan(of: members[index], request, pipeline)
      return (
        bytes: plan?.peakBytes ?? 0, cores: plan?.steps.map(\.demand.cores.most).max() ?? 1
      )
    }.map { $0! }
    cases = members.indices.map { index in
      Case(
        case: members[index].name, shard: "\(plan.shards[index])/\(count)",
        seconds: costs.seconds[index], isMeasured: costs.isMeasured[index],
        peakBytes: needs[index].bytes, cores: needs[index].cores)
    }
    shards = (1...count).map { [cases] number in
      let own = plan.cases(of: number).map { cases[$0] }
      return Part(
        shard: "\(number)/\(count)", cases: own.count,
        seconds: own.reduce(0) { $0 + $1.seconds }, longestCase: own.map(\.seconds).max() ?? 0,
        peakBytes: own.map(\.peakBytes).max() ?? 0, cores: own.map(\.cores).max() ?? 1)
    }
    dataSet = RunAccount.DataSetRecord(
      root: request.dataSet.root, layout: request.dataSet.layout.rawValue, cases: members.count)
    self.pipeline = request.pipeline.name
  }

  /// As JSON.
  ///
  /// - Throws: what the encoder throws.
  public func json() throws -> String { try JSONFile.text(of: self) }
}
