import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes
import VoxelOps

/// The same bytes whatever `--jobs` says, also where it asks for more threads than there are cores.
@Suite(.serialized) struct JobsTests {
  private static let pipeline = """
    version: 1
    stages:
      skull:     {stage: load, of: $case}
      soft:      {stage: smooth, of: skull, sigma: 1}
      smaller:   {stage: downsample, of: soft, sizes: 96x120x88, interpolation: cubic}
      least:     {stage: binarize, of: smaller, threshold: 100}
      pieces:    {stage: keep, of: least, count: 2}
      solid:     {stage: fill, of: pieces}
      bone:      {stage: bone, of: skull}
      completed: {stage: complete, of: bone, model: mirror}
      rough:     {stage: subtract, minuend: completed, subtrahend: bone}
      grown:     {stage: morph, of: rough, operation: close, radius: 4}
      implant:   {stage: clean, of: grown, against: bone}
      surface:   {stage: mesh, of: implant}
      picture:   {stage: preview, of: implant, bone: bone, scan: skull}
    outputs: {implant.nrrd: implant, soft.nrrd: soft, solid.nii.gz: solid, implant.stl: surface,
      preview.png: picture}
    """

  /// A CT of 2.3 million voxels, for which most stages take several cores.
  private func write(to path: String, value: Int16 = -1000) throws {
    var scan = Phantom.scan().resampled(toSizes: GridSize(128, 156, 114), by: .linear)
    scan.withMutableVoxels { $0[0] = value }
    try VolumeFile.write(AnyVolume(scan), to: path)
  }

  /// The files below a folder, but for the accounts.
  private func files(in folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
    where [".nrrd", ".gz", ".stl", ".png"].contains(where: name.hasSuffix) {
      files[name] = FileManager.default.contents(atPath: "\(folder)/\(name)")
    }
    return files
  }

  /// The most cores that each stage was given.
  private func cores(_ account: [String: Any]) throws -> [String: Int] {
    var cores: [String: Int] = [:]
    for item in try #require(account["cases"] as? [[String: Any]]) {
      for stage in try #require(item["stages"] as? [[String: Any]]) {
        guard let name = stage["name"] as? String, let count = stage["cores"] as? Int else {
          continue
        }
        cores[name] = max(cores[name] ?? 0, count)
      }
    }
    return cores
  }

  @Test func oneCaseGivesTheSameBytes() throws {
    let folder = TemporaryFolder()
    let pipeline = try folder.write(Self.pipeline, to: "pipeline.yaml")
    try write(to: folder.path + "/case.nrrd")
    func run(_ jobs: Int) throws -> ([String: Data], [String: Int]) {
      let outcome = try Calvaria.run(
        "run", pipeline, folder.path + "/case.nrrd", "-o", "\(folder.path)/out\(jobs)", "--jobs",
        "\(jobs)", "-q")
      #expect(outcome.status == 0, "\(outcome.errors)")
      return (
        try files(in: "\(folder.path)/out\(jobs)"), try cores(folder.json("out\(jobs)/run.json"))
      )
    }
    let (expected, single) = try run(1)
    #expect(expected.count == 5 && single.values.allSatisfy { $0 == 1 })
    for jobs in [2, 8, 16] {
      let (found, cores) = try run(jobs)
      #expect(found == expected, "--jobs \(jobs)")
      #expect(cores.values.allSatisfy { $0 <= jobs })
      for stage in ["bone", "completed"] where jobs > 2 {
        #expect(cores[stage] ?? 0 > 2, "\(cores)")
      }
    }
  }

  /// With nothing to compute beside, a compressed file is written on several cores.
  @Test func filesAreWrittenOnSeveralCores() throws {
    let folder = TemporaryFolder()
    let pipeline = try folder.write(
      """
      version: 1
      stages:
        skull: {stage: load, of: $case}
        soft:  {stage: smooth, of: skull, sigma: 1}
      outputs: {soft.nrrd: soft}
      """, to: "pipeline.yaml")
    try write(to: folder.path + "/case.nrrd")
    var written: [Data?] = []
    for (jobs, expected) in [(1, 1), (2, 2), (16, 4)] {
      let out = "out\(jobs)"
      let outcome = try Calvaria.run(
        "run", pipeline, folder.path + "/case.nrrd", "-o", "\(folder.path)/\(out)", "--jobs",
        "\(jobs)", "-q")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try cores(folder.json("\(out)/run.json"))["soft.nrrd"] == expected)
      written.append(FileManager.default.contents(atPath: "\(folder.path)/\(out)/soft.nrrd"))
    }
    #expect(written[0] != nil && written.allSatisfy { $0 == written[0] })
  }

  @Test func aBatchGivesTheSameBytes() throws {
    let folder = TemporaryFolder()
    let pipeline = try folder.write(Self.pipeline, to: "pipeline.yaml")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/set", withIntermediateDirectories: true)
    for index in 0..<4 {
      try write(to: "\(folder.path)/set/00\(index).nrrd", value: Int16(-999 + index))
    }
    func run(_ jobs: Int) throws -> [String: Data] {
      let out = "\(folder.path)/out\(jobs)"
      let outcome = try Calvaria.run(
        "batch", folder.path + "/set", "-o", out, "--pipeline", pipeline, "--jobs", "\(jobs)", "-q")
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try files(in: out)
    }
    let expected = try run(1)
    #expect(expected.count == 16)
    for jobs in [8, 16] { #expect(try run(jobs) == expected, "--jobs \(jobs)") }
  }
}
