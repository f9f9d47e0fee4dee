import Foundation
import TestSupport
import Testing
import VolumeIO

@Suite struct RunCommandTests {
  static let pipeline = Calvaria.root + "/pipelines/implant-mirror.yaml"

  @Test func oneBadCaseDoesNotStopTheOthers() throws {
    let folder = TemporaryFolder()
    let good = try Phantom.write(in: folder)
    let bad = try folder.write("NRRD0004\ntype: int16\n", to: "bad.nrrd")
    let outcome = try Calvaria.run(
      "run", Self.pipeline, good, bad, "\(folder.path)/missing.nrrd", "-o", "\(folder.path)/out")
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.filter { $0.hasPrefix("calvaria: error: ") }.count == 2)
    #expect(outcome.errors.contains("bad.nrrd"))
    #expect(outcome.errors.contains("missing.nrrd: file: expected a readable file"))
    #expect(outcome.output.contains("1 of 3 cases done, 2 failed"))
    #expect(
      folder.names(in: "out/phantom") == [
        "implant.3mf", "implant.nrrd", "implant.stl", "part.nrrd", "preview.png",
      ])
    #expect(folder.names(in: "out/bad") == [])
    let account = try folder.json("out/run.json")
    let cases = try #require(account["cases"] as? [[String: Any]])
    #expect(cases.map { $0["status"] as? String } == ["completed", "failed", "failed"])
    #expect(cases[1]["failedStage"] as? String == "skull")
  }

  @Test func equalNamesAreToldApart() throws {
    let folder = TemporaryFolder()
    for name in ["a", "b"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
      _ = try Phantom.write("\(name)/000.nrrd", in: folder)
    }
    let outcome = try Calvaria.run(
      "run", Self.pipeline, "\(folder.path)/a/000.nrrd", "\(folder.path)/b/000.nrrd", "-o",
      "\(folder.path)/out", "-q")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty)
    #expect(folder.names(in: "out/a-000") == folder.names(in: "out/b-000"))
  }

  @Test func fiveMistakesAreAllTold() throws {
    let folder = TemporaryFolder()
    let file = try folder.write(
      """
      version: 1
      parameters: {threshold: 226}
      stages:
        skull:     {stage: lood, of: $case}
        defective: {stage: bone, of: $case, treshold: $threshold}
        completed: {stage: complete, of: defectiv, model: miror}
        rough:     {stage: subtract, minuend: completed}
      outputs: {implant.nrrd: rough}
      """, to: "five.yaml")
    let outcome = try Calvaria.run("run", file, "none.nrrd", "-o", "\(folder.path)/out")
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    let places = outcome.errorLines.map { line in
      line.replacing("calvaria: error: \(file):", with: "").prefix { $0 != " " }
    }
    #expect(places == ["4:22:", "5:32:", "5:39:", "6:36:", "6:53:", "7:3:"], "\(outcome.errors)")
    // Nothing was touched.
    #expect(folder.names() == ["five.yaml"])
  }

  @Test func aGraphThatCanNeverFitIsRefusedWithTheNumbers() throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write(in: folder)
    let outcome = try Calvaria.run(
      "run", Self.pipeline, path, "-o", "\(folder.path)/out", "--memory", "11MB")
    #expect(outcome.status == 2)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("\(path): memory: expected at most 11 MB, found stage "))
    #expect(!folder.names().contains("out"))
    // The limit that the refusal names is enough.
    let words = outcome.errors.split(separator: " ")
    let place = try #require(words.lastIndex(of: "--memory"))
    let named = "\(words[place + 2])MB"
    let second = try Calvaria.run(
      "run", Self.pipeline, path, "-o", "\(folder.path)/out", "--memory", named)
    #expect(second.status == 0, "\(second.errors)")
  }

  @Test(arguments: [
    (["implant"], "Missing expected argument"),
    (["implant", "a.nrrd"], "--output"),
    (["nonsense"], "nonsense"),
    (["implant", "a.nrrd", "-o", "x", "--jobs", "0"], "--jobs"),
    (["implant", "a.nrrd", "-o", "x", "--memory", "lots"], "lots"),
    (["implant", "a.nrrd", "-o", "x", "--assume-space", "LSP"], "LSP"),
    (["implant", "a.nrrd", "-o", "x", "--set", "gamma"], "expected NAME=VALUE, found gamma"),
    (["implant", "a.nrrd", "-o", "x", "--set", "tresh=1"], "a parameter of the pipeline"),
    (["run", "/nowhere.yaml", "a.nrrd", "-o", "x"], "/nowhere.yaml: file: expected a readable"),
    (["graph", "/nowhere.yaml"], "/nowhere.yaml: file: expected a readable"),
  ])
  func wrongUseEndsWithTwo(arguments: [String], part: String) throws {
    let outcome = try Calvaria.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("calvaria: error: "))
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
  }

  @Test(arguments: [["--help"], ["--version"], ["help", "implant"], ["run", "--help"]])
  func helpAndVersionGoToStandardOutput(arguments: [String]) throws {
    let outcome = try Calvaria.run(arguments)
    #expect(outcome.status == 0)
    #expect(!outcome.output.isEmpty)
    #expect(outcome.errors.isEmpty)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let outcome = try Calvaria.run("--generate-completion-script", shell)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("implant"))
  }

  /// SIGINT in the middle of a run: exit code 130, an account, and no partial file.
  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func anInterruptLeavesNoPartialFile(signal: Int32, code: Int32) throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write(in: folder)
    let process = Process()
    process.executableURL = URL(filePath: Calvaria.path)
    process.arguments =
      ["run", Self.pipeline] + Array(repeating: path, count: 200) + ["-o", "\(folder.path)/out"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    // Until the first case is done.
    let deadline = Date(timeIntervalSinceNow: 60)
    while !folder.names(in: "out").contains(where: { $0.hasSuffix("implant.nrrd") }),
      Date() < deadline
    {
      usleep(2000)
    }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationStatus == code)
    let names = folder.names(in: "out")
    #expect(!names.contains { $0.contains("partial") })
    #expect(names.contains("run.json"))
    for name in names where name.hasSuffix("implant.nrrd") {
      #expect(throws: Never.self) { try ImageFile(opening: "\(folder.path)/out/\(name)").sha256() }
    }
    let account = try folder.json("out/run.json")
    #expect(account["status"] as? String == "cancelled")
    #expect((account["cases"] as? [Any])?.count == 200)
  }
}
