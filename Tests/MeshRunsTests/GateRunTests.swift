import Accounts
import Dataflow
import Implants
import MeshIO
import Pictures
import Stages
import Synchronization
import TestSupport
import Testing
import VolumeIO
import Volumes

@testable import MeshRuns

@Suite struct GateRunTests {
  /// A plate of bone of 32 × 32 × 5 mm, and what fills a hole of 16 × 16 mm in it, its sides leaning.
  private static func plate(_ isHole: Bool) -> Mask {
    let grid = Geometry(sizes: GridSize(44, 44, 20))
    return Mask(on: grid) { bytes in
      for z in 7..<12 {
        let hole = 14 - (z - 7) / 2..<30
        for y in 6..<38 {
          for x in 6..<38 where (hole.contains(x) && (14..<30).contains(y)) == isHole {
            bytes[grid.sizes.offset(x, y, z)] = 1
          }
        }
      }
    }
  }

  /// The 3MF of a pipeline tells the way of the design, so that `check` comes to the same figures as the pipeline's gate.
  @Test func checkComesToTheFiguresOfThePipeline() throws {
    let folder = TemporaryFolder()
    let (implant, bone, context) = (Self.plate(true), Self.plate(false), StageContext())
    let design = try Design().run(Inputs(implant, bone), in: context)
    let surface = try Isosurface().run(Inputs(design), in: context)
    let checked = try CheckPart().run(Inputs(surface, bone, design), in: context)
    for name in ["part.3mf", "part.stl"] {
      _ = try WriteCheckedSurface(
        fileName: name, format: try #require(MeshFormats.standard.format(of: name))
      ).run(Inputs(checked, OutputFolder(path: folder.path)), in: context)
    }
    let skull = folder.path + "/skull.nrrd"
    try VolumeFile.write(AnyVolume(bone.asVolume), to: skull)
    var run = GateRun(
      mesh: folder.path + "/part.3mf", skull: skull,
      gate: Gate(wall: design.design.wall, clearance: design.design.clearance))
    let same = try run.run(reading: ReadOptions(), threads: 1).report
    #expect(same == checked.report)
    // An STL cannot tell it; a user can.
    run.mesh = folder.path + "/part.stl"
    run.gate.ways = [design.parts[0].way]
    #expect(try run.run(reading: ReadOptions(), threads: 1).report == checked.report)
    // Another way has other figures.
    run.gate.ways = [SIMD3(0, 0, -1)]
    let back = try run.run(reading: ReadOptions(), threads: 1).report
    #expect(back["slideLeast"]?.value != checked.report["slideLeast"]?.value)
  }

  /// The picture's memory is asked for too.
  @Test func thePictureIsPartOfThePlan() {
    var run = GateRun(mesh: "part.3mf", skull: "skull.nrrd")
    let (triangles, voxels) = (20_000, 512 * 512 * 512)
    let plain = run.peakBytes(triangles: triangles, voxels: voxels)
    run.picture = "part.png"
    let drawn = run.peakBytes(triangles: triangles, voxels: voxels)
    #expect(plain == 320 * triangles + 2 * voxels)
    #expect(drawn == max(plain, PartSheet.peakBytes(triangles: triangles, voxels: voxels)))
    #expect(PartSheet.peakBytes(triangles: triangles, voxels: voxels) > 250_000_000)
    // A small grid needs little for the check, but a picture all the same.
    #expect(run.peakBytes(triangles: triangles, voxels: 1000) > 150_000_000)
  }

  /// Whoever waits is told each step as it begins.
  @Test func theStepsAreTold() throws {
    let folder = TemporaryFolder()
    let (mask, mesh) = (folder.path + "/part.nrrd", folder.path + "/part.stl")
    try VolumeFile.write(AnyVolume(Self.plate(true).asVolume), to: mask)
    let skull = folder.path + "/skull.nrrd"
    try VolumeFile.write(AnyVolume(Self.plate(false).asVolume), to: skull)
    let told = Mutex<[(step: String, done: Double)]>([])
    let hear: JobSteps.Observer = { step, done in told.withLock { $0.append((step, done)) } }

    var surface = SurfaceRun(mask: mask)
    (surface.began, surface.triangles) = (hear, 400)
    _ = try surface.run(to: mesh, reading: ReadOptions(), threads: 1)
    var all = told.withLock { $0 }
    #expect(
      all.map(\.step) == ["reading", "making the surface", "taking fewer triangles", "writing"])
    #expect(all.first?.done == 0 && zip(all, all.dropFirst()).allSatisfy { $0.done < $1.done })

    told.withLock { $0 = [] }
    var gate = GateRun(mesh: mesh, skull: skull)
    (gate.began, gate.picture) = (hear, folder.path + "/part.png")
    _ = try gate.run(reading: ReadOptions(), threads: 1)
    all = told.withLock { $0 }
    #expect(all.count >= 3 && all.last?.step == "drawing", "\(all)")
    #expect(all.first?.done == 0 && zip(all, all.dropFirst()).allSatisfy { $0.done < $1.done })
  }
}
