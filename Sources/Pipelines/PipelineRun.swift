public import Accounts
import DataSets
import Errors
import Files
import Foundation
public import Dataflow
import Reports
import Stages
public import VolumeIO
public import Volumes

/// A run of a pipeline on cases: everything is checked, nothing is started.
public struct PipelineRun: Sendable {
  /// The pipeline, the cases and the limits of a run.
  public struct Request: Sendable {
    public var pipeline: Pipeline
    /// The files of the cases, each a scan or a mask; a case is called as its file.
    public var paths: [String]
    /// The output folder; created if missing.
    public var folder: String
    /// The number of cores that compute stages share.
    public var jobs = HostResources.usableCores
    /// The memory limit for values and running stages, in bytes.
    public var memory = HostResources.plannedMemory
    /// The label of bone, in files with several labels.
    public var label: Int?
    /// The space of the coordinates, if files do not state it or are wrong.
    public var assumedSpace: Space?
    public var reading = ReadOptions()
    /// What is known of a case before it is read, by its path: the first of its warnings in the account.
    public var notes: [String: [String]] = [:]
    /// The command line, for the account.
    public var command: [String] = []
    public var program: RunAccount.Program
    /// Whether a page is written for each case; its pipeline must gather what it shows.
    public var reports = false
    /// The title of the page; nil: the name of the case.
    public var title: String?

    public init(
      pipeline: Pipeline, paths: [String], folder: String, program: RunAccount.Program
    ) {
      self.pipeline = pipeline
      self.paths = paths
      self.folder = folder
      self.program = program
    }
  }

  package let request: Request
  /// The names of the cases, in the order of the paths.
  public let names: [String]
  private let cases: [Case]
  /// What the account says of the model files.
  let models: [Note]
  /// What an earlier run left in the folder.
  let former: FormerOutputs
  private let lock: FolderLock

  /// Checks the request, plans memory, and creates the folders.
  ///
  /// - Throws: the error of a stage that cannot be prepared, such as a missing model file; ``Diagnostics``
  ///   about a stage at which every case would fail, such as one that names a class that the model does
  ///   not know, if no case fits in memory, and if another process writes into the folder; `Diagnostic` if a folder cannot be created.
  public init(_ request: Request) throws {
    self.request = request
    names = CaseNames.names(of: request.paths)
    try request.pipeline.requireCommonParameters(forCases: request.paths.count)
    models = try request.pipeline.ready(memory: request.memory)
    var cases: [Case] = []
    var refusals: [Diagnostic] = []
    var inputs: Set<String> = []
    var outputs: [String] = []
    for (path, name) in zip(request.paths, names) {
      let file = CaseFile(
        path: path, label: request.label, assumedSpace: request.assumedSpace,
        reading: request.reading, staysOpen: request.paths.count == 1)
      let folder = request.paths.count == 1 ? request.folder : "\(request.folder)/\(name)"
      inputs.formUnion(([path] + file.files.map(\.path)).compactMap(Folders.realPath))
      outputs += request.pipeline.fileNames.map { "\(folder)/\($0)" }
      if request.reports { outputs.append("\(folder)/\(CaseReport.fileName)") }
      cases.append(
        Case(
          name,
          [Pipeline.caseSource: file, Pipeline.folderSource: OutputFolder(path: folder)]))
      let plan = try MemoryPlan(
        of: request.pipeline.graph,
        sources: [
          Pipeline.caseSource: file.extent, Pipeline.folderSource: Extent(bytes: 0),
        ])
      if plan.peakBytes > request.memory {
        refusals.append(plan.refusal(of: path, limit: request.memory))
      }
    }
    outputs.append("\(request.folder)/run.json")
    for output in outputs where Folders.realPath(output).map(inputs.contains) ?? false {
      throw Diagnostics([
        Diagnostic(
          .configuration, output, field: "output", expected: "outputs beside the case",
          found: "the name of the case's own file", remedy: "choose another folder with -o")
      ])
    }
    if !request.paths.isEmpty, refusals.count == request.paths.count {
      throw Diagnostics(refusals[0])
    }
    self.cases = cases
    try Folders.make(request.folder)
    lock = try FolderLock(request.folder, for: "run")
    former = FormerOutputs(in: request.folder, beside: names)
    for output in outputs.dropLast() where output.contains("/") {
      try Folders.make(String(output[..<output.lastIndex(of: "/")!]))
    }
  }

  /// Starts the cases; `observer` gets every event, one call at a time.
  public func start(observer: @escaping @Sendable (RunEvent) -> Void) throws
    -> RunningPipeline
  {
    try RunningPipeline(self, cases: cases, observer: observer)
  }
}
