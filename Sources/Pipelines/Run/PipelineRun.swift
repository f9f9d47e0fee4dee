import Files
import Foundation
public import StageGraph
import Stages
public import Volumes

/// A pipeline, the cases to put through it, and where the outputs go: everything checked, nothing
/// started.
public struct PipelineRun: Sendable {
  /// What to run on what, and with what.
  public struct Request: Sendable {
    /// The checked pipeline.
    public var pipeline: Pipeline
    /// The input files.
    public var paths: [String]
    /// The folder for outputs; made where it is missing.
    public var folder: String
    /// The most cores that compute stages share.
    public var jobs = HostResources.usableCores
    /// The most bytes that values and running stages may count.
    public var memory = HostResources.plannedMemory
    /// The value that is bone in files with several labels.
    public var label: Int?
    /// The space to take coordinates as.
    public var assumedSpace: Space?
    /// The command line, for the manifest.
    public var command: [String] = []
    /// The program, for the manifest.
    public var program: RunManifest.Program

    /// A request with standard limits.
    public init(
      pipeline: Pipeline, paths: [String], folder: String, program: RunManifest.Program
    ) {
      self.pipeline = pipeline
      self.paths = paths
      self.folder = folder
      self.program = program
    }
  }

  let request: Request
  /// The cases' names, in the order of the paths.
  public let names: [String]
  private let cases: [Case]
  private let pipelineSHA256: String

  /// Checks the request, plans memory, and makes the folders.
  ///
  /// - Throws: ``MemoryRefusal`` where no case can fit; `FileError` where a folder cannot be made.
  public init(_ request: Request) throws {
    self.request = request
    names = CaseNames.names(of: request.paths)
    pipelineSHA256 = try InputFile(request.pipeline.path).sha256()
    var cases: [Case] = []
    var refusals: [MemoryRefusal] = []
    for (path, name) in zip(request.paths, names) {
      let file = CaseFile(path: path, label: request.label, assumedSpace: request.assumedSpace)
      let folder = request.paths.count == 1 ? request.folder : "\(request.folder)/\(name)"
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
        refusals.append(MemoryRefusal(path: path, plan: plan, limit: request.memory))
      }
    }
    if !request.paths.isEmpty, refusals.count == request.paths.count { throw refusals[0] }
    self.cases = cases
    try Self.makeFolder(request.folder)
    if request.paths.count > 1 {
      for name in names { try Self.makeFolder("\(request.folder)/\(name)") }
    }
  }

  private static func makeFolder(_ path: String) throws(FileError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      let found = FileManager.default.fileExists(atPath: path) ? "a file" : "no way to make it"
      throw FileError(
        .unwritable, path: path,
        message: "output folder: expected a folder that can be made and written, found \(found); "
          + "choose another with -o")
    }
  }

  /// Starts the cases; `observer` hears of everything, one event after another.
  public func start(observer: @escaping @Sendable (RunEvent) -> Void) throws
    -> RunningPipeline
  {
    try RunningPipeline(self, cases: cases, pipelineSHA256: pipelineSHA256, observer: observer)
  }
}

/// A case that would never fit the limit, with the numbers.
public struct MemoryRefusal: Error, Sendable, CustomStringConvertible {
  /// The case's file.
  public var path: String
  /// What each stage would take.
  public var plan: MemoryPlan
  /// The limit in bytes.
  public var limit: Int

  /// `FILE: memory: expected …, found …; what to do`.
  public var description: String {
    let step = plan.largest!
    return "\(path): memory: expected at most \(Self.megabytes(limit)), found that stage "
      + "\(step.stage) needs \(Self.megabytes(step.demand.peakBytes)) beside "
      + "\(Self.megabytes(step.heldBytes)) held; raise --memory to "
      + "\(Self.megabytes(plan.peakBytes)) or downsample first"
  }

  /// Bytes as megabytes, rounded up so that the number can be given back as a limit.
  private static func megabytes(_ bytes: Int) -> String { "\((bytes + 999_999) / 1_000_000) MB" }
}
