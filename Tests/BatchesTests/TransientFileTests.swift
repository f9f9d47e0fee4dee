import Accounts
import Batches
import Concurrency
import DataSets
import Dataflow
import Errors
import Evaluation
import Foundation
import Pipelines
import Stages
import TestSupport
import Testing
import VolumeIO
import Volumes

/// A file that does not answer for a moment, while a case is planned, delays the case: it is not planned
/// as if the file were empty or another one.
@Suite(.serialized) struct TransientFileTests {
  private let tree: FileTree
  private var header: String { "\(tree.path)/set/defective_skull/left/000.nhdr" }
  private var truth: String { "\(tree.path)/set/implant/left/000.nrrd" }

  init() throws {
    tree = try FileTree(folders: ["set/defective_skull/left", "set/implant/left"])
    let mask = Mask(on: Geometry(sizes: GridSize(8, 8, 8))) { $0[100] = 1 }
    for path in [header, truth] {
      try VolumeFile.write(AnyVolume(mask.asVolume), to: path)
    }
    // So long ago that digests are remembered.
    for name in try FileManager.default.subpathsOfDirectory(atPath: tree.path) {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -100)], ofItemAtPath: "\(tree.path)/\(name)")
    }
  }

  private func batch() throws -> BatchRun {
    let text = """
      version: 1
      stages:
        skull:   {stage: load, of: $case}
        bone:    {stage: bone, of: skull}
        implant: {stage: unsure, of: bone}
        rest:    {stage: subtract, minuend: bone, subtrahend: implant}
      outputs: {implant.nrrd: implant, rest.nrrd: rest}
      score: {of: implant, against: bone}
      """
    let path = "\(tree.path)/pipeline.yaml"
    try Data(text.utf8).write(to: URL(filePath: path))
    var registries = Registries.standard
    registries.stages.register(Unsure.self)
    var request = BatchRequest(
      dataSet: try tree.dataSet("set"),
      pipeline: try Pipeline(PipelineFile(reading: path), registries: registries),
      folder: "\(tree.path)/out", program: RunAccount.Program(version: "test", libraries: [:]))
    request.jobs = 1
    request.pauses = [0.01, 0.01, 0.01]
    return try BatchRun(request)
  }

  /// Runs a batch in which a file does not answer until a stage has been started, or the case is said to
  /// be tried again.
  private func run(busy path: String?) throws -> (account: BatchAccount, retries: [String]) {
    let batch = try batch()
    let lease = Guarded(try path.map { try Lease($0) })
    let told = Guarded([String]())
    let account = try BatchWork(batch) { event in
      switch event {
      case .retrying(_, let message, _):
        told.withLock { $0.append(message) }
        lease.withLock { $0 = nil }
      case .stage(.caseStarted): lease.withLock { $0 = nil }
      default: break
      }
    }.finish()
    return (account, told.withLock { $0 })
  }

  /// The key of the case has the bytes of its data file, so the second run has nothing to do.
  @Test func aHeaderThatDoesNotAnswerIsReadAgain() throws {
    let first = try run(busy: nil)
    #expect(first.account.count(of: .completed) == 1 && first.retries.isEmpty)
    let second = try run(busy: header)
    #expect(second.retries.count == 1 && second.retries[0].hasPrefix(header), "\(second.retries)")
    #expect(second.account.reused == 1)
  }

  @Test func aTruthThatDoesNotAnswerIsReadAgain() throws {
    let (account, retries) = try run(busy: truth)
    #expect(retries.count == 1 && retries[0].hasPrefix(truth), "\(retries)")
    let score = try #require(account.run.cases[0].score)
    #expect(score.failure == nil && score.truthSHA256?.count == 64)
    #expect(try run(busy: nil).account.reused == 1)
  }

  @Test func scoringPlansNothingForAFileThatDoesNotAnswer() throws {
    let lease = try Lease(truth)
    let scoring = CaseScoring(prediction: header, truth: truth)
    let error = try withExtendedLifetime(lease) {
      try #require(
        #expect(throws: Diagnostic.self) {
          try scoring.run(memory: 1 << 30)
        })
    }
    #expect(error.code == .transient && error.subject == truth)
  }

  /// The header that the memory was planned by is not read again: another file behind the name is refused.
  @Test func scoringRefusesAFileThatWasReplacedAfterItsHeaderWasRead() throws {
    let second = "\(tree.path)/set/implant/left/001.nrrd"
    let other = Mask(on: Geometry(sizes: GridSize(9, 9, 9))) { $0[100] = 1 }
    try VolumeFile.write(AnyVolume(other.asVolume), to: second)
    try VolumeFile.write(AnyVolume(other.asVolume), to: "\(tree.path)/other.nrrd")
    var scoring = FolderScoring(
      try ScoredFolders(predictions: "\(tree.path)/set/implant", truths: "\(tree.path)/set/implant")
    )
    scoring.jobs = 1
    let path = tree.path
    let (table, _) = try scoring.run(until: CancellationToken()) { name in
      if name == "left/000" { rename("\(path)/other.nrrd", second) }
    }
    #expect(table.rows.map(\.failure?.isEmpty) == [nil, false])
    #expect(table.rows[1].failure?.contains("that it has changed since") == true)
  }

  /// A stage that cannot say what it takes, asked for a value that is read from the cache.
  @Test(arguments: [Diagnostic.Code.transient, .unreadable])
  func aValueOfUnknownSizeIsNotPlannedAsNothing(code: Diagnostic.Code) throws {
    #expect(try run(busy: nil).account.count(of: .completed) == 1)
    try FileManager.default.removeItem(atPath: "\(tree.path)/out/rest")
    let batch = try batch()
    let told = Guarded(0)
    Unsure.trouble.withLock { $0 = code }
    defer { Unsure.trouble.withLock { $0 = nil } }
    let account = try BatchWork(batch) { event in
      if case .retrying = event {
        told.withLock { $0 += 1 }
        Unsure.trouble.withLock { $0 = nil }
      }
      if case .stage(.caseStarted) = event { Unsure.trouble.withLock { $0 = nil } }
    }.finish()
    #expect(told.withLock { $0 } == (code == .transient ? 1 : 0))
    #expect(account.run.cases[0].errorCode == (code == .transient ? nil : code.rawValue))
  }
}

/// A stage that hands its mask on, and may be told not to know what it takes, once.
private struct Unsure: DeclaredStage, StoringStage {
  static let kind = "unsure"
  static let summary = "Hands a mask on."
  static let parameters: [ParameterDeclaration] = []
  static let trouble = Guarded<Diagnostic.Code?>(nil)

  init(_ parameters: Parameters) {}

  func demand(for inputs: [Extent]) throws -> Demand {
    let code = Self.trouble.withLock { code in
      defer { code = nil }
      return code
    }
    if let code {
      throw Diagnostic(code, field: "size", expected: "to know it", found: "no answer")
    }
    return Demand(peakBytes: inputs[0].bytes, output: inputs[0])
  }

  func run(_ input: Inputs<Mask>, in context: StageContext) -> Mask { input.values }
}
