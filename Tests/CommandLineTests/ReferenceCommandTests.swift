import Foundation
import TestSupport
import Testing

@Suite struct ReferenceCommandTests {
  @Test func listsAndDescribes() throws {
    let all = try Calvaria.run(["stages"])
    #expect(all.status == 0 && all.output.contains("\nload "))
    #expect(try Calvaria.run(["models"]).output.contains("mirror"))
    #expect(try Calvaria.run(["layouts"]).output.contains("skullfix"))
    let one = try Calvaria.run(["stages", "load", "--json"])
    let object = try JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [String: Any]
    #expect(object?["name"] as? String == "load")
    let wrong = try Calvaria.run(["layouts", "skullbreka"])
    #expect(wrong.status == 2)
    #expect(wrong.errors.contains("did you mean skullbreak?"))
  }

  @Test func theDoctorFindsThisInstallationWholeAndSaysWhatIsMissing() throws {
    let whole = try Calvaria.run(["doctor"])
    #expect(whole.status == 0, "\(whole.output)")
    #expect(whole.output.contains("ok      implant.yaml"))
    #expect(whole.output.contains("all that is needed is there"))
    // The program alone, without the files that come with it.
    let folder = TemporaryFolder()
    let alone = folder("calvaria")
    try FileManager.default.copyItem(atPath: Calvaria.path, toPath: alone)
    let process = Process()
    process.executableURL = URL(filePath: alone)
    process.arguments = ["doctor", "--json"]
    process.currentDirectoryURL = URL(filePath: folder.path)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    let findings = try #require(
      (try JSONSerialization.jsonObject(with: output) as? [String: Any])?["findings"]
        as? [[String: Any]])
    let missing = findings.filter { $0["state"] as? String == "missing" }
      .compactMap { $0["name"] as? String }
    #expect(missing == ["implant.yaml", "implant-vae.yaml"])
  }

  @Test func anInstalledProgramFindsItsPipelinesFromAnyFolder() throws {
    let folder = TemporaryFolder()
    let files = FileManager.default
    for name in ["a place/bin", "a place/share/calvaria", "elsewhere"] {
      try files.createDirectory(atPath: folder(name), withIntermediateDirectories: true)
    }
    try files.copyItem(atPath: Calvaria.path, toPath: folder("a place/bin/calvaria"))
    try files.createSymbolicLink(
      atPath: folder("a place/share/calvaria/pipelines"),
      withDestinationPath: Calvaria.root + "/pipelines")
    for (pipeline, status) in [("implant-mirror", Int32(0)), ("implant-none", 2)] {
      let process = Process()
      process.executableURL = URL(filePath: folder("a place/bin/calvaria"))
      process.arguments = ["graph", "pipelines/\(pipeline).yaml"]
      process.currentDirectoryURL = URL(filePath: folder("elsewhere"))
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == status, "\(pipeline)")
    }
  }
}
