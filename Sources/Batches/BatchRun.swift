import Accounts
import DataSets
import Evaluation
import Pipelines
import Errors
import Files
import Foundation
import Dataflow
import Stages

/// A folder of cases and a pipeline, checked and ready for ``BatchWork``.
public final class BatchRun: Sendable {
  let request: BatchRequest
  let pipeline: BatchPipeline
  let folder: BatchFolder
  let journal: BatchJournal
  let cache: ValueCache?
  let digests: FileDigests
  /// What the account says of the model files.
  let models: [Note]
  /// The indices of the selected cases in the data set, in order.
  let selected: [Int]
  /// The names of all cases.
  let names: Set<String>
  /// The failures of the last run of this folder.
  let formerFailures: [FailureRecord]
  /// What this process does of the cases, for the account that is made of all parts; nil if it does all.
  let shardLog: ShardLog?
  private let lock: FolderLock?
  /// The claim to the work; nil in a dry run.
  let lease: FolderLease?

  /// Warnings before the run, one sentence each.
  public let warnings: [String]
  /// Why caching stopped during the run; nil if it did not.
  public var cacheTrouble: String? { cache?.trouble }
  /// The number of selected cases.
  public var count: Int { selected.count }

  /// The most bytes of hashed files that wait in memory for being decoded.
  private static let mostKeptBytes = 64 << 20

  /// Checks the request; creates the folder and locks it.
  ///
  /// Where a process on another machine had the folder last, or the part, it may take two minutes to see whether it still runs.
  ///
  /// - Parameters:
  ///   - isDryRun: nothing is created or written.
  ///   - notice: called with a sentence when that is waited for.
  /// - Throws: ``Diagnostics`` if another process uses the folder for something else, or does the same part of the cases, an output would
  ///   replace an input, a name is not that of a case, or no case fits in memory, and as ``PipelineRun/init(_:)``;
  ///   `Diagnostic` if the folder cannot be written.
  public init(
    _ request: BatchRequest, isDryRun: Bool = false, notice: @escaping (String) -> Void = { _ in }
  ) throws {
    precondition(request.shard == nil || request.selection == .all, "a part is of all cases")
    self.request = request
    folder = BatchFolder(path: request.folder)
    // Of all cases, so that a selection or a shard does not hide that others would get it too.
    try request.pipeline.requireCommonParameters(forCases: request.dataSet.members.count)
    models = try request.pipeline.ready(memory: request.memory)
    let members = request.dataSet.members
    names = Set(members.map(\.name))
    pipeline = try BatchPipeline(
      request.pipeline, scores: members.contains { $0.truth != nil })
    warnings = pipeline.warnings.map { "\(request.pipeline.path): \($0)" }
    try Self.requireOutputsBesideInputs(request, pipeline)

    formerFailures = try FailureRecord.read(folder.failures)
    let chosen = try Self.selected(request, formerFailures)
    try Self.requireRoom(for: chosen, of: request, pipeline)

    let shard = request.shard
    let listed = members.map { [pipeline] in ListedCase($0, of: pipeline) }
    if !isDryRun {
      try Folders.make(request.folder)
      try Folders.make(folder.leases)
      do {
        lease = try FolderLease(
          shard?.name ?? BatchFolder.whole, for: request.use(pipeline, listed), in: folder.leases,
          of: request.folder, notice: notice)
      } catch let held as FolderLease.Held { throw held.diagnostics }
      lock = try FolderLock(request.folder, for: "run", isShared: shard != nil)
      folder.sweep(pipeline.outputs, isShared: shard != nil)
    } else {
      (lock, lease) = (nil, nil)
    }
    let plan = try shard.map { [folder] shard in
      try ShardPlan.shared(
        of: request, listed, into: shard.count, in: folder, writes: !isDryRun)
    }
    selected = shard.flatMap { plan?.cases(of: $0.index) } ?? chosen
    let cacheFolder = request.cacheFolder ?? folder.cache
    // A dry run reads what is there and creates nothing.
    let hasCache = request.reuses && (!isDryRun || access(cacheFolder, R_OK) == 0)
    cache = hasCache ? try ValueCache(folder: cacheFolder, limit: request.cacheLimit) : nil
    digests = try FileDigests(
      record: hasCache ? BatchFolder.digests(besideCache: cacheFolder) : nil,
      rehash: request.rehashes, remembers: !isDryRun,
      keeping: isDryRun ? 0 : min(request.memory / 32, Self.mostKeptBytes))
    let shards = folder.shards
    journal = try BatchJournal(
      shard.map(shards.journal(of:)) ?? folder.journal,
      besides: [folder.journal] + shards.journals, isAlone: shard == nil)
    if !isDryRun {
      try journal.begin(pipeline)
      // The accounts of this run replace what the parts of earlier ones have left.
      if shard == nil { try? FileManager.default.removeItem(atPath: shards.path) }
    }
    let header = Self.header(request, models: models)
    let method = request.method(pipeline)
    shardLog = try plan.flatMap { [selected] plan in
      guard let shard, !isDryRun else { return nil }
      return try ShardLog(
        shards.log(of: shard),
        .init(
          plan: plan.identity, method: method,
          shard: RunAccount.ShardRecord(
            shard: shard.text, host: header.host, job: ClusterJob.own, started: header.started),
          run: header, page: request.page), cases: selected)
    }
  }

  private static func selected(_ request: BatchRequest, _ failures: [FailureRecord]) throws
    -> [Int]
  {
    let members = request.dataSet.members
    var chosen = Array(members.indices)
    switch request.selection {
    case .all: break
    case .failed:
      let names = Set(failures.map(\.case))
      chosen = chosen.filter { names.contains(members[$0].name) }
    case .named(let names):
      for name in names
      where !members.contains(where: { $0.name == name || $0.relativePath == name }) {
        let nearest = nearestName(to: name, among: members.map(\.name))
        throw Diagnostics([
          Diagnostic(
            .configuration, request.dataSet.root, field: "--only", expected: "the name of a case",
            found: name, remedy: nearest.map { "did you mean \($0)?" } ?? "correct the name")
        ])
      }
      let wanted = Set(names)
      chosen = chosen.filter {
        wanted.contains(members[$0].name) || wanted.contains(members[$0].relativePath)
      }
    }
    return chosen
  }

  /// Throws if an output would replace a file of the data set.
  private static func requireOutputsBesideInputs(
    _ request: BatchRequest, _ pipeline: BatchPipeline
  ) throws {
    // An empty folder has nothing to replace.
    guard let out = Folders.realPath(request.folder) else { return }
    if out == Folders.realPath(request.dataSet.root) {
      throw Diagnostics([
        Diagnostic(
          .configuration, request.folder, field: "output folder",
          expected: "a folder other than the data set, where implants would be taken for true ones",
          found: "the same", remedy: "choose another with -o")
      ])
    }
    if let root = Folders.realPath(request.dataSet.root), out.hasPrefix(root + "/"),
      !VolumeTree.isFolder(out + "/.calvaria"),
      let found = try? FileManager.default.contentsOfDirectory(atPath: out), !found.isEmpty
    {
      throw Diagnostics([
        Diagnostic(
          .configuration, request.folder, field: "output folder",
          expected: "in the data set, a new folder, an empty one, or that of an earlier run",
          found: "one with other files", remedy: "choose another with -o")
      ])
    }
    var inputs: Set<String> = []
    for member in request.dataSet.members {
      for path in [member.path, member.truth?.path].compactMap({ $0 }) {
        if let real = Folders.realPath(path) { inputs.insert(real) }
      }
    }
    for member in request.dataSet.members {
      for output in pipeline.outputs {
        let path = "\(request.folder)/\(output.place(of: member))"
        guard let real = Folders.realPath(path), inputs.contains(real) else { continue }
        throw Diagnostics([
          Diagnostic(
            .configuration, path, field: "output", expected: "outputs beside the data set",
            found: "the name of one of its files", remedy: "choose another folder with -o")
        ])
      }
    }
  }

  /// Throws if no case fits in memory; if some do, the others fail alone.
  private static func requireRoom(
    for selected: [Int], of request: BatchRequest, _ pipeline: BatchPipeline
  ) throws {
    // The largest case, so that all fit with the memory that it needs.
    var largest: (path: String, plan: MemoryPlan)?
    for index in selected {
      let member = request.dataSet.members[index]
      guard let plan = try memoryPlan(of: member, request, pipeline) else { continue }
      if plan.peakBytes <= request.memory { return }
      if plan.peakBytes > largest?.plan.peakBytes ?? 0 {
        largest = (member.path, plan)
      }
    }
    if let (path, plan) = largest {
      throw Diagnostics(plan.refusal(of: path, limit: request.memory))
    }
  }

  /// What a case needs, by its header; nil of a file that cannot be read: it takes no memory, and fails alone.
  static func memoryPlan(
    of member: DataSet.Member, _ request: BatchRequest, _ pipeline: BatchPipeline
  ) throws -> MemoryPlan? {
    let file = CaseFile(path: member.path, reading: request.reading)
    guard file.extent.voxels > 0 else { return nil }
    var sources = [Pipeline.caseSource: file.extent, Pipeline.folderSource: Extent(bytes: 0)]
    if pipeline.score != nil {
      sources[BatchPipeline.truthSource] = TruthFile(member.truth, reading: request.reading).extent
    }
    return try MemoryPlan(of: pipeline.graph, sources: sources)
  }

  /// The input of a case, its header read.
  func caseFile(of member: DataSet.Member) -> CaseFile {
    var file = CaseFile(
      path: member.path, label: request.label, assumedSpace: request.assumedSpace,
      reading: request.reading, staysOpen: true)
    file.refusesBlank = true
    return file
  }
}
