import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes
import VoxelOps

/// `--hole` and `--resection`.
@Suite struct NamedHoleCommandTests {
  /// A resection joins the hole that is there: its bone is bone no more, and the implant fills both.
  @Test func aResectionIsTakenOutAndFilled() throws {
    let folder = TemporaryFolder()
    let scan = try Phantom.write(in: folder)
    let bone = Phantom.mask()
    let map = Phantom.geometry.lpsFromIndex
    let sizes = Phantom.geometry.sizes
    // Beside the hole at (-45, -35, 35), towards the back.
    let planned = Mask(on: Phantom.geometry) { out in
      for i in out.indices {
        let (row, x) = i.quotientAndRemainder(dividingBy: sizes.x)
        let p = map * SIMD3(Double(x), Double(row % sizes.y), Double(row / sizes.y))
        out[i] = (p - SIMD3(-52, -14, 80)).length < 18 ? 1 : 0
      }
    }
    let path = folder.path + "/planned.nrrd"
    try VolumeFile.write(AnyVolume(planned.asVolume), to: path)
    let outcome = try Calvaria.run(
      "implant", scan, "-o", folder.path + "/out", "--resection", path, "--pipeline",
      Calvaria.root + "/pipelines/implant-continuation.yaml", "-q")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let implant = try ImageFile(opening: folder.path + "/out/implant.nrrd").volume()
      .binarized(in: .nonzero)
    let resected = try planned.intersection(bone)
    let hole = try Phantom.mask(hole: false).subtracting(bone)
    for (name, part) in [("resection", resected), ("hole", hole)] {
      let filled = Double(try implant.intersection(part).voxelCount) / Double(part.voxelCount)
      #expect(filled > 0.7, "\(name): \(filled)")
    }
    let left = try bone.subtracting(planned)
    #expect(try implant.intersection(left).isEmpty)
    let record = try #require(
      (folder.json("out/run.json")["cases"] as? [[String: Any]])?.first)
    let inputs = try #require(record["inputs"] as? [[String: Any]])
    #expect(inputs.map { $0["path"] as? String } == [scan, path])
    #expect((inputs.last?["sha256"] as? String)?.count == 64)
  }

  @Test func oneCasesMaskIsNotForAll() throws {
    let set = try PhantomSet(count: 2)
    let pipeline = Calvaria.root + "/pipelines/implant-continuation.yaml"
    let batch = try Calvaria.run(
      "batch", set.path, "-o", set.out, "--pipeline", pipeline, "--set", "hole=1,2,3")
    #expect(batch.status == 2)
    #expect(batch.errors.contains("a value that suits all 2 cases"), "\(batch.errors)")
    let run = try Calvaria.run(
      "run", pipeline, "a.nrrd", "b.nrrd", "-o", set.out, "--hole", "-1,2,3")
    #expect(run.status == 2)
    #expect(run.errors.contains("a value that suits all 2 cases"), "\(run.errors)")
  }

  @Test func pipelinesWithoutTheParameterNameOneThatHasIt() throws {
    let outcome = try Calvaria.run(
      "implant", "a.nrrd", "-o", "x", "--hole", "1,2,3", "--pipeline",
      Calvaria.root + "/pipelines/implant-vae.yaml")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.contains("--hole") && outcome.errors.contains("implant-continuation.yaml"),
      "\(outcome.errors)")
  }

  @Test func keepAlsoWritesTheDisagreement() throws {
    let head = try DefaultPipelineTests.Head(holeTowards: SIMD3(55, 30, 50))
    let folder = TemporaryFolder()
    let path = folder.path + "/head.nrrd"
    try VolumeFile.write(AnyVolume(head.scan), to: path)
    let outcome = try Calvaria.run("implant", path, "-o", folder.path + "/out", "--keep", "-q")
    #expect(outcome.status == 0, "\(outcome.errors)")
    func volume(_ name: String) throws -> AnyVolume {
      try ImageFile(opening: folder.path + "/out/\(name)").volume()
    }
    let distances = try #require(try volume("disagreement.nrrd").base as? Volume<Float>)
    let implant = try volume("implant.nrrd").binarized(in: .nonzero)
    #expect(distances.geometry == implant.geometry)
    var (inside, outside) = (0, 0)
    distances.withVoxels { distances in
      implant.withBytes { implant in
        for i in implant.indices where distances[i] != 0 {
          if implant[i] == 0 { outside += 1 } else { inside += 1 }
        }
      }
    }
    #expect(outside == 0 && inside > implant.voxelCount / 2, "\(inside), \(outside)")
  }

  @Test func priorBoneMustBeNamed() throws {
    let folder = TemporaryFolder()
    let scan = try Phantom.write(in: folder)
    let pipeline = Calvaria.root + "/pipelines/implant-prior.yaml"
    let missing = try Calvaria.run(
      "implant", scan, "-o", folder.path + "/out", "--pipeline", pipeline)
    #expect(missing.status != 0)
    #expect(
      missing.errors.contains("prior: expected a scan of the patient from before"),
      "\(missing.errors)")
    let whole = folder.path + "/whole.nrrd"
    try VolumeFile.write(AnyVolume(Phantom.mask(hole: false).asVolume), to: whole)
    let outcome = try Calvaria.run(
      "implant", scan, "-o", folder.path + "/out", "--pipeline", pipeline, "--set",
      "prior=\(whole)", "-q")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let models = try #require(folder.json("out/run.json")["models"] as? [[String: Any]])
    #expect(models.first?["kind"] as? String == "prior")
    #expect((models.first?["sha256"] as? String)?.count == 64)
  }
}
