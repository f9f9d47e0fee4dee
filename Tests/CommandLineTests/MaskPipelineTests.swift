import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

/// `smooth`, `keep`, `morph` and `fill` in a pipeline file.
@Suite struct MaskPipelineTests {
  static let pipeline = """
    version: 1
    pipeline: tidy
    parameters: {radius: 1.5}
    stages:
      skull:  {stage: load, of: $case}
      soft:   {stage: smooth, of: skull, sigma: 0.5}
      bone:   {stage: bone, of: soft}
      pieces: {stage: keep, of: bone, count: 2, minVolume: 20, neighbours: "6"}
      closed: {stage: morph, of: pieces, operation: close, radius: $radius}
      solid:  {stage: fill, of: closed}
    outputs: {soft.nrrd: soft, solid.nrrd: solid}
    """

  /// A hollow box, a smaller one and a speck.
  static func skull() -> Volume<UInt8> {
    let sizes = GridSize(40, 20, 20)
    return Volume(on: Geometry(sizes: sizes)) { voxels in
      for k in 2..<18 {
        for j in 2..<18 {
          for i in 2..<18 {
            let isWall = [i, j, k].contains { $0 < 5 || $0 > 14 }
            voxels[sizes.offset(i, j, k)] = isWall ? 255 : 0
          }
          if j < 7, k < 7 { for i in 24..<29 { voxels[sizes.offset(i, j, k)] = 255 } }
        }
      }
      voxels[sizes.offset(35, 10, 10)] = 255
    }
  }

  private func mask(_ path: String) throws -> Volume<UInt8> {
    try #require(try ImageFile(opening: path).volume().base as? Volume<UInt8>)
  }

  @Test func aMaskIsTidied() throws {
    let folder = TemporaryFolder()
    let skull = "\(folder.path)/skull.nrrd"
    try VolumeFile.write(AnyVolume(Self.skull()), to: skull)
    let file = try folder.write(Self.pipeline, to: "tidy.yaml")
    let outcome = try Calvaria.run("run", file, skull, "-o", "\(folder.path)/out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let account = try folder.json("out/run.json")
    let record = try #require((account["cases"] as? [[String: Any]])?.first)
    let stages = try #require(record["stages"] as? [[String: Any]])
    let bone = try #require(stages.first { $0["name"] as? String == "bone" })
    #expect(
      (bone["notes"] as? [String: Any])?["taken"] as? String
        == "voxels of which at least half is bone, of a smoothed mask")
    let soft = try ImageFile(opening: "\(folder.path)/out/soft.nrrd").volume()
    let shares = try #require(soft.base as? Volume<Float>)
    #expect(shares.withVoxels { $0.min() } == 0 && shares.withVoxels { $0.max() }! <= 1)
    let solid = try mask("\(folder.path)/out/solid.nrrd")
    // Filled, both boxes kept, the speck gone.
    #expect(solid[10, 10, 10] == 1 && solid[26, 4, 4] == 1 && solid[35, 10, 10] == 0)
    let one = try Calvaria.run(
      "run", file, skull, "-o", "\(folder.path)/one", "--set", "radius=0")
    #expect(one.status == 0, "\(one.errors)")
  }

  @Test(arguments: [
    ("sigma: 0.5", "sigma: -1", "sigma"), ("count: 2", "count: 0", "count"),
    ("minVolume: 20", "minVolume: -3", "minVolume"), ("\"6\"", "\"7\"", "neighbours"),
    ("operation: close", "operation: shut", "operation"),
    ("of: closed", "of: soft", "solid"), ("of: pieces", "of: pieces, slices: w", "slices"),
  ])
  func mistakesAreTold(right: String, wrong: String, name: String) throws {
    let folder = TemporaryFolder()
    let file = try folder.write(Self.pipeline.replacing(right, with: wrong), to: "wrong.yaml")
    let outcome = try Calvaria.run("run", file, "none.nrrd", "-o", "\(folder.path)/out")
    #expect(outcome.status == 2)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains(name), "\(outcome.errors)")
  }

  /// A checkerboard has as many pieces as voxels: what `keep` takes of it was declared.
  @Test func aCheckerboardFits() throws {
    let folder = TemporaryFolder()
    let sizes = GridSize(256, 256, 128)
    let board = Volume<UInt8>(on: Geometry(sizes: sizes)) { voxels in
      for i in voxels.indices { voxels[i] = UInt8((i ^ i >> 8 ^ i >> 16) & 1) }
    }
    let path = "\(folder.path)/board.nrrd"
    try VolumeFile.write(AnyVolume(board), to: path)
    let file = try folder.write(
      """
      version: 1
      pipeline: board
      stages:
        skull: {stage: load, of: $case}
        bone:  {stage: bone, of: skull}
        kept:  {stage: keep, of: bone, count: 1000000, neighbours: "6"}
      outputs: {kept.nrrd: kept}
      """, to: "board.yaml")
    let arguments = ["run", file, path, "-o", "\(folder.path)/out", "--memory"]
    let small = try Calvaria.run(arguments + ["64MB"])
    #expect(small.status == 2, "\(small.errors)")
    let fits = try Calvaria.run(arguments + ["150MB"])
    #expect(fits.status == 0, "\(fits.errors)")
    // What is declared, eight masks and 32 MB, and 60 MB for the mask and the program itself.
    let resources = try folder.json("out/run.json")["resources"] as? [String: Any]
    let peak = try #require(resources?["peakBytes"] as? Int)
    #expect(peak < 8 * sizes.count + 92 << 20, "\(peak) bytes")
    #expect(try ImageFile(opening: "\(folder.path)/out/kept.nrrd").volume().sizes == sizes)
  }
}
