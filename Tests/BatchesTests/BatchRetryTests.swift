import TestSupport
@testable import Accounts
@testable import Batches
import Errors
import Files
import Foundation
import Concurrency
import Dataflow
import Stages
import Testing
import VolumeIO
import Volumes

@testable import Pipelines

/// A stage that fails as often as it is told before it hands its mask on.
private struct Flaky: DeclaredStage {
  static let kind = "flaky"
  static let summary = "Fails some times."
  static let parameters = [
    ParameterDeclaration("count", .integer(0...100), standard: .integer(0), "failures"),
    ParameterDeclaration("code", .text, standard: .text("transient"), "of what kind"),
  ]
  /// How often each case was tried.
  static let tries = Guarded([UInt8: Int]())

  var count: Int
  var code: String

  init(_ parameters: Parameters) {
    (count, code) = (parameters.integer("count"), parameters.text("code"))
  }

  func demand(for inputs: [Extent]) -> Demand {
    Demand(peakBytes: inputs[0].bytes, output: inputs[0])
  }

  func run(_ input: Inputs<Mask>, in context: StageContext) throws -> Mask {
    let mask = input.values
    let name = UInt8(mask.voxelCount)
    let tried = Self.tries.withLock { tries in
      tries[name, default: 0] += 1
      return tries[name]!
    }
    if tried <= count {
      // So that what has not begun can still be called off.
      if code == "disk-full" { usleep(100_000) }
      if code == "miss", name == 1 { throw CacheMiss(key: CacheKey(of: [])) }
      if code == "miss" { return mask }
      throw Diagnostic(
        Diagnostic.Code(code), "device", field: "read", expected: "an answer", found: "none")
    }
    return mask
  }
}

/// What may pass by itself is tried again, and nothing else.
@Suite(.serialized) struct BatchRetryTests {
  private let tree: FileTree

  init() throws {
    tree = try FileTree(folders: ["set"])
    for count in 1...3 {
      let mask = Mask(on: Geometry(sizes: GridSize(4, 4, 4))) { bytes in
        for i in 0..<count { bytes[i] = 1 }
      }
      try VolumeFile.write(AnyVolume(mask.asVolume), to: "\(tree.path)/set/00\(count).nrrd")
    }
  }

  private func run(
    _ settings: String, observer: @escaping @Sendable (BatchEvent) -> Void = { _ in }
  ) throws -> (BatchAccount, [String]) {
    Flaky.tries.withLock { $0 = [:] }
    let path = "\(tree.path)/pipeline.yaml"
    let text = """
      version: 1
      stages:
        skull: {stage: load, of: $case}
        bone:  {stage: bone, of: skull}
        same:  {stage: flaky, of: bone, \(settings)}
      outputs: {implant.nrrd: same}
      """
    try Data(text.utf8).write(to: URL(filePath: path))
    var registries = Registries.standard
    registries.stages.register(Flaky.self)
    let pipeline = try Pipeline(
      PipelineFile(yaml: Array(text.utf8), path: path), registries: registries)
    var request = BatchRequest(
      dataSet: try tree.dataSet("set"), pipeline: pipeline, folder: "\(tree.path)/out",
      program: RunAccount.Program(version: "test", libraries: [:]))
    request.reuses = false
    request.jobs = 1
    request.pauses = [0.01, 0.02, 0.03]
    let told = Guarded([String]())
    let work = BatchWork(try BatchRun(request)) { event in
      observer(event)
      if case .retrying(let name, _, let seconds) = event {
        told.withLock { $0.append("\(name) \(seconds)") }
      }
    }
    let account = try work.finish()
    return (account, told.withLock { $0.sorted() })
  }

  @Test func whatPassesIsNoFailure() throws {
    let (account, told) = try run("count: 2")
    #expect(account.count(of: .completed) == 3)
    #expect(told == ["001 0.01", "001 0.02", "002 0.01", "002 0.02", "003 0.01", "003 0.02"])
    #expect(Flaky.tries.withLock { $0 } == [1: 3, 2: 3, 3: 3])
  }

  @Test func whatStaysIsOneAfterAllPauses() throws {
    let (account, told) = try run("count: 50")
    #expect(account.count(of: .failed) == 3)
    #expect(told.count == 9)
    #expect(Flaky.tries.withLock { $0 } == [1: 4, 2: 4, 3: 4])
  }

  @Test func whatCannotPassIsNotTriedAgain() throws {
    let (account, told) = try run("count: 1, code: unreadable")
    #expect(account.count(of: .failed) == 3)
    #expect(told.isEmpty)
    #expect(Flaky.tries.withLock { $0 } == [1: 1, 2: 1, 3: 1])
  }

  /// A case is planned again, which reads its file, beside the events of the others.
  @Test func planningAgainKeepsNobodyWaiting() throws {
    let others = DispatchSemaphore(value: 0)
    let wentOn = Guarded<Bool?>(nil)
    let file = "\(tree.path)/set/001.nrrd"
    let (account, _) = try run("count: 1, code: miss") { event in
      switch event {
      case .stage(.stageFinished(let id, let record)) where record.kind == Flaky.kind:
        // So that planning it again ends it there and then.
        guard id.name == "001" else { break }
        unlink(file)
        mkdir(file, 0o755)
      case .ended(let record, _) where record.name == "001":
        let result = others.wait(timeout: .now() + 20)
        wentOn.withLock { $0 = result == .success }
      case .ended: others.signal()
      default: break
      }
    }
    #expect(wentOn.withLock { $0 } == true)
    #expect(account.count(of: .completed) == 2 && account.count(of: .failed) == 1)
  }

  /// Every other case would fail as the first one: the run ends.
  @Test func aFullDiskEndsTheRun() throws {
    let (account, _) = try run("count: 50, code: disk-full")
    #expect(account.count(of: .failed) >= 1 && account.count(of: .failed) < 3)
    #expect(account.run.status == .cancelled)
  }
}
