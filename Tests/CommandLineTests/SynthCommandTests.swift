import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

@Suite struct SynthCommandTests {
  /// A vault as a template, so that no CT is needed.
  static func template(in folder: TemporaryFolder) throws -> String {
    let path = "\(folder.path)/vault.nrrd"
    try VolumeFile.write(AnyVolume(Phantom.mask(hole: false).asVolume), to: path)
    return path
  }

  func mask(_ path: String) throws -> Mask {
    let volume = try ImageFile(opening: path).volume()
    return Mask(nonzeroOf: try #require(volume.base as? Volume<UInt8>))
  }

  @Test func writesTheFoldersOfAutoImplantTheSameAtAnyJobs() throws {
    let folder = TemporaryFolder()
    let template = try Self.template(in: folder)
    for (name, jobs) in [("a", "1"), ("b", "3")] {
      let outcome = try Calvaria.run(
        "synth", "-o", "\(folder.path)/\(name)", "--count", "3", "--seed", "18446744073709551615",
        "--size", "32x32x16", "--kinds", "sphere,facial", "--template", template, "--jobs", jobs)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("3 skulls, 6 defects"))
    }
    let names = folder.names(in: "a")
    #expect(names == folder.names(in: "b"))
    let files = names.filter { $0.contains(".") }
    #expect(files.count == 3 * 5 + 1)
    for file in files {
      let bytes = try Data(contentsOf: URL(filePath: "\(folder.path)/a/\(file)"))
      #expect(try Data(contentsOf: URL(filePath: "\(folder.path)/b/\(file)")) == bytes, "\(file)")
    }

    for name in ["000", "001", "002"] {
      let complete = try mask("\(folder.path)/a/complete_skull/\(name).nrrd")
      #expect(complete.sizes == GridSize(32, 32, 16))
      for kind in ["sphere", "facial"] {
        let defective = try mask("\(folder.path)/a/defective_skull/\(kind)/\(name).nrrd")
        let implant = try mask("\(folder.path)/a/implant/\(kind)/\(name).nrrd")
        #expect(defective.geometry == complete.geometry && implant.geometry == complete.geometry)
        let isExact = complete.withBytes { complete in
          defective.withBytes { defective in
            implant.withBytes { implant in
              complete.indices.allSatisfy { complete[$0] == defective[$0] + implant[$0] }
            }
          }
        }
        #expect(isExact, "\(kind) \(name)")
      }
    }

    let account = try folder.json("a/population.json")
    #expect(account["formatVersion"] as? Int == 1)
    #expect(account["size"] as? String == "32x32x16")
    #expect(account["kinds"] as? [String] == ["sphere", "facial"])
    #expect(account["seed"] as? UInt64 == UInt64.max)
    let source = try #require(account["template"] as? [String: Any])
    #expect(source["name"] as? String == "vault.nrrd")
    #expect((source["sha256"] as? String)?.count == 64)
    let cases = try #require(account["cases"] as? [[String: Any]])
    #expect(cases.map { $0["name"] as? String } == ["000", "001", "002"])
    let text = try String(contentsOfFile: "\(folder.path)/a/population.json", encoding: .utf8)
    #expect(!text.contains(folder.path))
  }

  /// Scans that stray have grids of their own, the same at any number of jobs; what lacks bone for a kind has none.
  @Test func randomizedScansHaveTheirOwnGrids() throws {
    let folder = TemporaryFolder()
    for (name, jobs) in [("a", "1"), ("b", "3")] {
      let outcome = try Calvaria.run(
        "synth", "-o", "\(folder.path)/\(name)", "--count", "3", "--seed", "9", "--randomize",
        "--kinds", "sphere,facial", "--template", "analytic", "--jobs", jobs)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let names = folder.names(in: "a").filter { $0.contains(".") }
    for file in names {
      let bytes = try Data(contentsOf: URL(filePath: "\(folder.path)/a/\(file)"))
      #expect(try Data(contentsOf: URL(filePath: "\(folder.path)/b/\(file)")) == bytes, "\(file)")
    }
    let account = try folder.json("a/population.json")
    #expect(account["randomize"] as? Bool == true)
    let source = try #require(account["template"] as? [String: Any])
    #expect(source["name"] as? String == "analytic" && source["sha256"] == nil)
    let cases = try #require(account["cases"] as? [[String: Any]])
    #expect(Set(cases.map { $0["spacing"] as? [Double] }).count == 3)
    var defects = 0
    for record in cases {
      let name = try #require(record["name"] as? String)
      let complete = try mask("\(folder.path)/a/complete_skull/\(name).nrrd")
      let spacing = try #require(record["spacing"] as? [Double])
      #expect(abs(complete.geometry.spacing.z - spacing[2]) < 1e-9)
      for kind in try #require(record["defects"] as? [String: Any]).keys {
        let implant = try mask("\(folder.path)/a/implant/\(kind)/\(name).nrrd")
        let defective = try mask("\(folder.path)/a/defective_skull/\(kind)/\(name).nrrd")
        #expect(implant.geometry == complete.geometry)
        #expect(implant.voxelCount + defective.voxelCount == complete.voxelCount)
        #expect(implant.voxelCount * 100 >= complete.voxelCount)
        defects += 1
      }
    }
    #expect(names.filter { $0.hasPrefix("implant/") }.count == defects)
  }

  @Test func theAnalyticSkullNeedsNoFile() throws {
    let folder = TemporaryFolder()
    let outcome = try Calvaria.run(
      "synth", "-o", "\(folder.path)/out", "--count", "1", "--seed", "1", "--kinds", "sphere",
      "--template", "analytic", "--size", "native")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("1 skull, 1 defect"))
    let skull = try mask("\(folder.path)/out/complete_skull/000.nrrd")
    #expect(skull.geometry.spacing == SIMD3(1, 1, 1))
  }

  @Test(arguments: [
    (["--size", "64x64x32", "--randomize"], "--randomize"),
    (["--size", "64x64"], "--size"), (["--size", "0x64x32"], "--size"),
    (["--size", "99999999999999999999x1x1"], "--size"),
    (["--size", "1024x1024x1024"], "268435456"),
    (["--kinds", "prism,parietotemproal"], "did you mean parietotemporal?"),
    (["--kinds", ""], "--kinds"), (["--kinds", "cube,cube"], "twice"),
    (["--count", "0"], "--count"), (["--count", "4000000000"], "1 to 100000"),
    (["--jobs", "0"], "--jobs"),
  ]) func wrongUsage(arguments: [String], part: String) throws {
    let folder = TemporaryFolder()
    var all = ["synth", "-o", "\(folder.path)/out", "--seed", "1"]
    if arguments[0] != "--count" { all += ["--count", "1"] }
    let outcome = try Calvaria.run(all + arguments, seconds: 20)
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains(part), "\(outcome.errors)")
    #expect(folder.names(in: "out").isEmpty)
  }

  @Test func badTemplatesAndFoldersAreNamed() throws {
    let folder = TemporaryFolder()
    let template = try Self.template(in: folder)
    let file = try folder.write("mine", to: "file")
    let dots = Volume<UInt8>(on: Geometry(sizes: GridSize(80, 80, 80))) { $0[1000] = 1 }
    try VolumeFile.write(AnyVolume(dots), to: "\(folder.path)/dot.nrrd")
    for (output, source, part) in [
      (file, template, "\(file): output folder: expected a folder"),
      ("\(folder.path)/out", "\(folder.path)/none.nrrd", "none.nrrd"),
      (
        "\(folder.path)/out", "\(folder.path)/dot.nrrd",
        "dot.nrrd: template: expected bone of a head"
      ),
    ] {
      let outcome = try Calvaria.run(
        "synth", "-o", output, "--count", "1", "--seed", "1", "--template", source, "-q")
      #expect(outcome.status == 1, "\(outcome)")
      #expect(outcome.errorLines.count == 1 && outcome.errors.contains(part), "\(outcome.errors)")
    }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
  }

  /// An interrupt lets the cases in work end: whole files, and no account that would promise more.
  @Test func anInterruptLeavesWholeFilesAndNoAccount() throws {
    let folder = TemporaryFolder()
    let process = Process()
    process.executableURL = URL(filePath: Calvaria.path)
    process.arguments = [
      "synth", "-o", "\(folder.path)/out", "--count", "100000", "--seed", "1", "--size",
      "32x32x16", "--kinds", "sphere", "--template", try Self.template(in: folder), "-q",
    ]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let deadline = Date(timeIntervalSinceNow: 200)
    while folder.names(in: "out/implant/sphere").count < 2, process.isRunning, Date() < deadline {
      usleep(5000)
    }
    process.interrupt()
    while process.isRunning, Date() < deadline { usleep(5000) }
    let isLate = process.isRunning
    if isLate { process.terminate() }
    process.waitUntilExit()
    #expect(!isLate && process.terminationStatus == 130)
    let files = folder.names(in: "out").filter { $0.hasSuffix(".nrrd") }
    #expect(files.count >= 6 && files.count % 3 == 0)
    #expect(folder.names(in: "out").allSatisfy { !$0.contains("population.json") })
    for file in files.suffix(6) {
      #expect(throws: Never.self) {
        _ = try ImageFile(opening: "\(folder.path)/out/\(file)").sha256()
      }
    }
  }

  /// Files of an earlier, larger population stay, and a warning says so.
  @Test func strangersAreToldOf() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/out/complete_skull", withIntermediateDirectories: true)
    _ = try folder.write("old", to: "out/complete_skull/007.nrrd")
    _ = try folder.write("old", to: "out/population.json")
    let outcome = try Calvaria.run(
      "synth", "-o", "\(folder.path)/out", "--count", "1", "--seed", "1", "--size", "32x32x16",
      "--kinds", "cube", "--template", try Self.template(in: folder))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("1 other files are there and stay"), "\(outcome.errors)")
    #expect(try folder.json("out/population.json")["count"] as? Int == 1)
  }

  @Test(
    .enabled(
      if: FileManager.default.fileExists(
        atPath: Calvaria.root + "/sample-data/fetched/cranium.raw")))
  func theSampleCTIsTheTemplateByDefault() throws {
    let folder = TemporaryFolder()
    let outcome = try Calvaria.run(
      "synth", "-o", "\(folder.path)/out", "--count", "2", "--seed", "1", "--kinds", "prism")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let skull = try mask("\(folder.path)/out/complete_skull/001.nrrd")
    #expect(skull.sizes == GridSize(64, 64, 32))
    let share = Double(skull.voxelCount) / Double(skull.sizes.count)
    #expect((0.06...0.12).contains(share), "\(share)")
    let source = try folder.json("out/population.json")["template"] as? [String: Any]
    #expect(
      source?["sha256"] as? String
        == "d87fd5e6aaf2c4fdf4f3fe28ee3335192fc2464ed8e9682fc78530cb837938da")
  }
}
