import Accounts
import Batches
import Files
import Foundation
import Pipelines
import TestSupport
import Testing
import VolumeIO
import Volumes

/// A file about a batch is one value and one line in a list.
@Suite struct AccountFileTests {
  /// How many cases were completed, as text.
  private static let toy = AccountFile("toy.txt") { account, path in
    try AtomicFile.write("\(account.count(of: .completed)) completed".utf8, to: path)
  }

  /// A batch of two cases, into `out`, with the toy.
  private static func request(in tree: FileTree) throws -> BatchRequest {
    for name in ["a", "b"] {
      let mask = Mask(on: Geometry(sizes: GridSize(4, 4, 4))) { $0[5] = 1 }
      try VolumeFile.write(AnyVolume(mask.asVolume), to: "\(tree.path)/set/\(name).nrrd")
    }
    let text = """
      version: 1
      stages:
        skull: {stage: load, of: $case}
        bone:  {stage: bone, of: skull}
      outputs: {implant.nrrd: bone}
      """
    let path = "\(tree.path)/pipeline.yaml"
    try Data(text.utf8).write(to: URL(filePath: path))
    var request = BatchRequest(
      dataSet: try tree.dataSet("set"), pipeline: try Pipeline(PipelineFile(reading: path)),
      folder: "\(tree.path)/out", program: RunAccount.Program(version: "test", libraries: [:]))
    request.accountFiles.append(toy)
    return request
  }

  @Test func aFileThatIsRegisteredIsWrittenBesideTheOthers() throws {
    let tree = try FileTree(folders: ["set"])
    defer { withExtendedLifetime(tree) {} }
    let account = try BatchWork(BatchRun(Self.request(in: tree))).finish()
    #expect(
      account.fileNames == [
        "failures.json", "summary.json", "scores.csv", "measurements.csv", "run.json", "toy.txt",
      ])
    #expect(
      try String(contentsOfFile: "\(tree.path)/out/toy.txt", encoding: .utf8) == "2 completed")
    for name in ["failures.json", "summary.json", "scores.csv", "measurements.csv", "run.json"] {
      #expect(FileManager.default.fileExists(atPath: "\(tree.path)/out/\(name)"), "\(name)")
    }
  }
  /// As each part ends, it is written of all that are known by then.
  @Test func aMergeWritesItOfAllParts() throws {
    let tree = try FileTree(folders: ["set"])
    defer { withExtendedLifetime(tree) {} }
    var request = try Self.request(in: tree)
    let all = "\(tree.path)/out/toy.txt"
    for index in 1...2 {
      request.shard = BatchRequest.Shard(index: index, count: 2)
      _ = try BatchWork(BatchRun(request)).finish()
      #expect(try String(contentsOfFile: all, encoding: .utf8) == "\(index) completed")
    }
    // Also by who did none of the parts.
    try FileManager.default.removeItem(atPath: all)
    try BatchMerge("\(tree.path)/out", files: [Self.toy]).write()
    #expect(try String(contentsOfFile: all, encoding: .utf8) == "2 completed")
  }
}
