import Accounts
import Batches
import Concurrency
import Dataflow
import Dispatch
import Errors
import Files
import Foundation
import Pipelines
import Stages
import TestSupport
import Testing
import VolumeIO
import Volumes

/// Who plans, looks up or writes down keeps nobody else waiting.
@Suite(.serialized) struct WaitingTests {
  /// The record is a pipe that is full, so whoever writes it waits.
  @Test func aDigestIsLookedUpWhileOthersAreWritten() throws {
    let folder = TemporaryFolder()
    let (file, record) = (folder.write("one".utf8, "skull.nrrd"), folder("digests.txt"))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -100)], ofItemAtPath: file)
    let digests = try FileDigests(record: record)
    mkfifo(record, 0o600)
    let pipe = open(record, O_RDWR | O_NONBLOCK)
    defer { close(pipe) }
    var block = [UInt8](repeating: 10, count: 4096)
    for count in [4096, 1] { while write(pipe, block, count) > 0 {} }

    let (written, found) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    Thread {
      _ = try? digests.digest(of: file)
      written.signal()
    }.start()
    usleep(500_000)
    Thread {
      if let digest = try? digests.digest(of: file), digest.stamp == FileStamp(file) {
        found.signal()
      }
    }.start()
    #expect(found.wait(timeout: .now() + 10) == .success)
    #expect(written.wait(timeout: .now()) == .timedOut)
    while written.wait(timeout: .now() + 0.01) == .timedOut { _ = read(pipe, &block, 4096) }
  }

  /// A case whose planning takes until another has ended.
  @Test func casesEndWhileOthersArePlanned() throws {
    let tree = try FileTree(folders: ["set"])
    defer { withExtendedLifetime(tree) {} }
    for (name, side) in [("a", 4), ("b", Slow.side)] {
      let mask = Mask(on: Geometry(sizes: GridSize(side, side, side))) { $0[5] = 1 }
      try VolumeFile.write(AnyVolume(mask.asVolume), to: "\(tree.path)/set/\(name).nrrd")
    }
    let text = """
      version: 1
      stages:
        skull: {stage: load, of: $case}
        bone:  {stage: bone, of: skull}
        slow:  {stage: slow, of: bone}
      outputs: {implant.nrrd: slow}
      """
    let path = "\(tree.path)/pipeline.yaml"
    try Data(text.utf8).write(to: URL(filePath: path))
    var registries = Registries.standard
    registries.stages.register(Slow.self)
    var request = BatchRequest(
      dataSet: try tree.dataSet("set"),
      pipeline: try Pipeline(PipelineFile(reading: path), registries: registries),
      folder: "\(tree.path)/out", program: RunAccount.Program(version: "test", libraries: [:]))
    request.jobs = 2
    let account = try BatchWork(BatchRun(request)) { event in
      if case .ended(let record, _) = event, record.name == "a" { Slow.others.signal() }
    }.finish()
    #expect(account.count(of: .completed) == 2)
    #expect(!Slow.isLate.withLock { $0 })
  }
}

/// A stage that hands its mask on, and of one size says only what it takes once another case has ended.
private struct Slow: DeclaredStage, StoringStage {
  static let kind = "slow"
  static let summary = "Hands a mask on."
  static let parameters: [ParameterDeclaration] = []
  static let side = 6
  static let others = DispatchSemaphore(value: 0)
  static let isLate = Guarded(false)

  init(_ parameters: Parameters) {}

  func demand(for inputs: [Extent]) -> Demand {
    if inputs[0].voxels == Self.side * Self.side * Self.side {
      if Self.others.wait(timeout: .now() + 5) == .timedOut { Self.isLate.withLock { $0 = true } }
      Self.others.signal()
    }
    return Demand(peakBytes: inputs[0].bytes, output: inputs[0])
  }

  func run(_ input: Inputs<Mask>, in context: StageContext) -> Mask { input.values }
}
