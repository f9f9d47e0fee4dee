import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

@Suite struct ImplantCommandTests {
  @Test func writesEverythingOnTheGridOfTheCase() throws {
    let folder = TemporaryFolder()
    let outcome = try Calvaria.run(
      "implant", "--pipeline", RunCommandTests.pipeline, try Phantom.write(in: folder), "-o",
      "\(folder.path)/out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      folder.names(in: "out") == [
        "implant.3mf", "implant.nrrd", "implant.stl", "part.nrrd", "preview.png", "run.json",
      ])
    #expect(outcome.output.contains("out/implant.nrrd  volume "))
    #expect(outcome.output.contains(" mm³, extent "))

    let implant = try ImageFile(opening: "\(folder.path)/out/implant.nrrd")
    #expect(implant.info.type.name == "uint8")
    #expect(implant.info.encoding == .gzip)
    let volume = try implant.volume()
    #expect(volume.geometry == Phantom.geometry)
    let mask = Mask(nonzeroOf: try #require(volume.base as? Volume<UInt8>))
    // Not one voxel of the implant is bone, and it lies where the hole is: on the patient's right.
    let scan = Phantom.scan()
    let (whole, cut) = (Phantom.mask(hole: false), Phantom.mask())
    var (inside, truth, common) = (0, 0, 0)
    for k in 0..<64 {
      for j in 0..<88 {
        for i in 0..<72 {
          let wanted = whole[i, j, k] && !cut[i, j, k]
          truth += wanted ? 1 : 0
          guard mask[i, j, k] else { continue }
          #expect(scan[i, j, k] < 226)
          inside += 1
          common += wanted ? 1 : 0
        }
      }
    }
    let dice = 2 * Double(common) / Double(inside + truth)
    #expect(dice > 0.9, "Dice \(dice)")
  }

  @Test func theAccountNamesInputsOutputsAndFindings() throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write(in: folder)
    _ = try Calvaria.run(
      "implant", "--pipeline", RunCommandTests.pipeline, path, "-o", "\(folder.path)/out", "--quiet"
    )
    let account = try folder.json("out/run.json")
    #expect(account["formatVersion"] as? Int == 1)
    #expect(account["status"] as? String == "completed")
    let record = try #require((account["cases"] as? [[String: Any]])?.first)
    let inputs = try #require(record["inputs"] as? [[String: Any]])
    #expect(inputs.first?["path"] as? String == path)
    #expect((inputs.first?["sha256"] as? String)?.count == 64)
    let outputs = try #require(record["outputs"] as? [[String: Any]])
    #expect(
      outputs.map { $0["file"] as? String } == [
        "implant.3mf", "implant.nrrd", "implant.stl", "part.nrrd", "preview.png",
      ])
    let stages = try #require(record["stages"] as? [[String: Any]])
    let completed = try #require(stages.first { $0["name"] as? String == "completed" })
    let symmetry = (completed["notes"] as? [String: Any])?["symmetry"] as? Double
    #expect((symmetry ?? 0) > 0.8)
  }

  @Test func twoRunsWriteTheSameBytes() throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write(in: folder)
    for (name, jobs) in [("a", "1"), ("b", "2")] {
      _ = try Calvaria.run(
        "implant", "--pipeline", RunCommandTests.pipeline, path, "-o", "\(folder.path)/\(name)",
        "--jobs", jobs)
    }
    for file in ["implant.nrrd", "implant.stl", "implant.3mf", "preview.png"] {
      let a = try Data(contentsOf: URL(filePath: "\(folder.path)/a/\(file)"))
      #expect(a == (try Data(contentsOf: URL(filePath: "\(folder.path)/b/\(file)"))), "\(file)")
    }
  }

  @Test func aCaseWithoutADefectGivesAnEmptyImplantAndNoSTL() throws {
    let folder = TemporaryFolder()
    try VolumeFile.write(
      AnyVolume(Phantom.mask(hole: false).asVolume), to: "\(folder.path)/whole.nrrd")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/out", withIntermediateDirectories: true)
    _ = try folder.write("another case", to: "out/implant.stl")
    _ = try folder.write("mine", to: "out/notes.txt")
    let outcome = try Calvaria.run(
      "implant", "--pipeline", RunCommandTests.pipeline, "\(folder.path)/whole.nrrd", "-o",
      "\(folder.path)/out")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("warning"))
    #expect(
      folder.names(in: "out") == [
        "implant.nrrd", "notes.txt", "part.nrrd", "preview.png", "run.json",
      ])
  }

  @Test func masksAreTakenWholeAndLabelsByNumber() throws {
    let folder = TemporaryFolder()
    let mask = Phantom.mask()
    let labels = Volume<Int16>(on: mask.geometry) { voxels in
      mask.withBytes { bytes in
        for i in 0..<voxels.count { voxels[i] = bytes[i] != 0 ? 7 : i % 5 == 0 ? 3 : 0 }
      }
    }
    let path = "\(folder.path)/labels.nrrd"
    try VolumeFile.write(AnyVolume(labels), to: path)
    try VolumeFile.write(AnyVolume(mask.asVolume), to: "\(folder.path)/mask.nrrd")
    let byLabel = try Calvaria.run(
      "implant", "--pipeline", RunCommandTests.pipeline, path, "--label", "7", "-o",
      "\(folder.path)/a")
    let byMask = try Calvaria.run(
      "implant", "--pipeline", RunCommandTests.pipeline, "\(folder.path)/mask.nrrd", "-o",
      "\(folder.path)/b")
    #expect(byLabel.status == 0 && byMask.status == 0)
    #expect(
      try ImageFile(opening: "\(folder.path)/a/implant.nrrd").sha256()
        == ImageFile(opening: "\(folder.path)/b/implant.nrrd").sha256())
  }

  @Test func niftiInAndOut() throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write("phantom.nii.gz", in: folder)
    let outcome = try Calvaria.run(
      "implant", "--pipeline", RunCommandTests.pipeline, path, "-o", "\(folder.path)/out",
      "--format", "nifti")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let a = try ImageFile(opening: "\(folder.path)/out/implant.nii.gz")
    let b = try ImageFile(opening: "\(folder.path)/out/implant.nrrd")
    #expect(try a.sha256() == b.sha256())
    let mismatch = try a.volume().geometry.mismatch(with: Phantom.geometry)
    #expect(try #require(mismatch) < 1e-3)
  }

  @Test func keepWritesTheIntermediateVolumes() throws {
    let folder = TemporaryFolder()
    _ = try Calvaria.run(
      "implant", "--pipeline", RunCommandTests.pipeline, try Phantom.write(in: folder), "-o",
      "\(folder.path)/out", "--keep")
    for name in ["skull", "bone", "defective", "completed", "rough"] {
      #expect(folder.names(in: "out").contains("kept-\(name).nrrd"))
    }
  }

  /// An output that would replace the case itself is refused before anything is read.
  @Test func theCaseIsNeverOverwritten() throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write("implant.nrrd", in: folder)
    let before = try Data(contentsOf: URL(filePath: path))
    let outcome = try Calvaria.run(
      "implant", "--pipeline", RunCommandTests.pipeline, path, "-o", "\(folder.path)/.")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("expected outputs beside the case"), "\(outcome.errors)")
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }

  /// The real CT, where the set-up could fetch it: the requirement of the main job.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(
        atPath: Calvaria.root + "/sample-data/fetched/cranium.raw")))
  func theRealSkull() throws {
    let folder = TemporaryFolder()
    let path = Calvaria.root + "/sample-data/cranium.nhdr"
    let outcome = try Calvaria.run(
      "implant", "--pipeline", RunCommandTests.pipeline, path, "-o", "\(folder.path)/out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let scan = try ImageFile(opening: path).volume()
    let implant = try ImageFile(opening: "\(folder.path)/out/implant.nrrd").volume()
    #expect(implant.geometry == scan.geometry)
    let grey = try #require(scan.base as? Volume<Int16>)
    let mask = try #require(implant.base as? Volume<UInt8>)
    let inBone = grey.withVoxels { grey in
      mask.withVoxels { mask in
        grey.indices.reduce(0) { $0 + (mask[$1] != 0 && grey[$1] >= 226 ? 1 : 0) }
      }
    }
    #expect(inBone == 0)
    let account = try folder.json("out/run.json")
    let record = try #require((account["cases"] as? [[String: Any]])?.first)
    let outputs = try #require(record["outputs"] as? [[String: Any]])
    func measurements(_ file: String) -> [String: Any]? {
      outputs.first { $0["file"] as? String == file }?["measurements"] as? [String: Any]
    }
    let facts = try #require(measurements("implant.nrrd"))
    let volume = try #require(facts["volumeMM3"] as? Double)
    #expect((5000...15_000).contains(volume))
    let centroid = try #require(facts["centroidIndex"] as? [Double])
    let away = zip(centroid, [96.0, 188, 66]).map { $0 - $1 }.reduce(0) { $0 + $1 * $1 }
    #expect(away.squareRoot() <= 15, "centroid \(centroid)")
    let extent = try #require(facts["extentMM"] as? [Double])
    #expect(extent[0] >= 25 && extent[1] >= 25 && extent[2] >= 40, "extent \(extent)")
    let surface = try #require(measurements("implant.stl"))
    let enclosed = try #require(surface["volumeMM3"] as? Double)
    // The surface is that of the part: its mask has the same volume, and it is made of the implant.
    let part = try #require(measurements("part.nrrd")?["volumeMM3"] as? Double)
    #expect(abs(enclosed / part - 1) < 0.03, "\(enclosed) of \(part) mm³")
    #expect(part < volume && part > 0.5 * volume, "\(part) of \(volume) mm³")
    let gate = try #require(record["gate"] as? [String: Any])
    #expect(gate["pass"] as? Bool == true, "\(gate)")
    let names = try #require(gate["checks"] as? [[String: Any]]).compactMap {
      $0["name"] as? String
    }
    for name in ["watertight", "wall", "tunnels", "overlap", "gapLeast", "slideLeast"] {
      #expect(names.contains(name))
    }
  }

  /// A spacing a little off changes the implant a little: nothing hangs by a voxel.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(
        atPath: Calvaria.root + "/sample-data/fetched/cranium.raw")),
    arguments: ["0.9570", "0.96", "0.95"])
  func theRealSkullAtAnotherSpacing(spacing: String) throws {
    let folder = TemporaryFolder()
    let header = try String(
      contentsOfFile: Calvaria.root + "/sample-data/cranium.nhdr", encoding: .utf8)
    let path = try folder.write(
      header.replacing("0.9570312", with: spacing).replacing(
        "data file: ", with: "data file: \(Calvaria.root)/sample-data/"), to: "skull.nhdr")
    let outcome = try Calvaria.run(
      "implant", "--pipeline", RunCommandTests.pipeline, path, "-o", "\(folder.path)/out", "-q",
      "--allow-outside")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let account = try folder.json("out/run.json")
    let record = try #require((account["cases"] as? [[String: Any]])?.first)
    let outputs = (record["outputs"] as? [[String: Any]]) ?? []
    let implant = outputs.first { $0["file"] as? String == "implant.nrrd" }
    let facts = implant?["measurements"] as? [String: Any]
    let volume = try #require(facts?["volumeMM3"] as? Double)
    let extent = try #require(facts?["extentMM"] as? [Double])
    #expect(abs(volume / 9007 - 1) < 0.05, "\(volume) mm³")
    #expect(zip(extent, [42.1, 37.3, 66]).allSatisfy { abs($0 - $1) < 2 }, "\(extent) mm")
  }
}
