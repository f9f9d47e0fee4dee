import Foundation
import TestSupport
import Testing

/// `--report` and `calvaria report`. How pages look and behave in a browser, `make test-pages` tests.
@Suite struct ReportCommandTests {
  private func page(_ folder: TemporaryFolder, _ name: String) throws -> String {
    try String(contentsOfFile: folder(name), encoding: .utf8)
  }

  /// The files that an account lists, with their digests.
  private func outputs(_ folder: TemporaryFolder) throws -> [String: String] {
    let record = try #require((try folder.json("out/run.json")["cases"] as? [[String: Any]])?.first)
    let outputs = try #require(record["outputs"] as? [[String: Any]])
    return Dictionary(
      uniqueKeysWithValues: outputs.map { ($0["file"] as! String, $0["sha256"] as! String) })
  }

  @Test func writesAPageThatTheAccountListsAndMakesItAgain() throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write(in: folder)
    let arguments = [
      "implant", "--pipeline", RunCommandTests.pipeline, path, "-o", folder("out"), "--quiet",
    ]
    #expect(try Calvaria.run(arguments).status == 0)
    let plain = try outputs(folder)
    let outcome = try Calvaria.run(arguments + ["--report", "--title", "Plan <2>"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = try page(folder, "out/report.html")
    #expect(text.contains("<h1><bdi>Plan &lt;2&gt;</bdi></h1>"))
    #expect(text.contains("Checks of the part") && text.contains("Thickness, seen from outside"))
    #expect(!text.contains(folder.path), "a folder's name is on the page")
    // A report changes nothing else.
    var listed = try outputs(folder)
    #expect(listed.removeValue(forKey: "report.html")?.count == 64)
    #expect(listed == plain)

    let again = try Calvaria.run(["report", folder("out"), "--title", "Plan <2>"])
    #expect(again.status == 0 && again.errors.isEmpty, "\(again.errors)")
    #expect(again.output.contains("/out/report.html"))
    let second = try page(folder, "out/report.html")
    for part in [
      "Checks of the part", "Thickness, seen from outside", "Gap to the bone", "SHA-256",
    ] {
      #expect(second.contains(part), "\(part)")
    }
    // Without a report, the next run leaves none of another part behind.
    #expect(try Calvaria.run(arguments + ["--set", "threshold=300", "--report"]).status == 0)
    #expect(try Calvaria.run(["report", folder("out")]).status == 0)
    #expect(try Calvaria.run(arguments).status == 0)
    #expect(!folder.names(in: "out").contains("report.html"))
    // A page that somebody has changed stays.
    #expect(try Calvaria.run(["report", folder("out")]).status == 0)
    let changed = folder.read("out/report.html") + Array("<!-- a note -->".utf8)
    folder.write(changed, "out/report.html")
    #expect(try Calvaria.run(arguments).status == 0)
    #expect(folder.names(in: "out").contains("report.html"))
  }

  @Test func aFileThatIsAnotherByNowIsNotShown() throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write(in: folder)
    #expect(
      try Calvaria.run([
        "implant", "--pipeline", RunCommandTests.pipeline, path, "-o", folder("out"), "--quiet",
      ]).status == 0)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    try handle.close()
    let outcome = try Calvaria.run(["report", folder("out")])
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("no longer the one that was read"))
    let text = try page(folder, "out/report.html")
    #expect(text.contains("no longer the one that was read"))
    #expect(!text.contains("Thickness, seen from outside"))
  }

  @Test func aBatchHasAPageWithThumbnailsAndPagesOfItsCases() throws {
    let set = try PhantomSet(
      count: 2,
      pipeline: """
        version: 1
        stages:
          skull:     {stage: load, of: $case}
          bone:      {stage: bone, of: skull, pieces: all}
          completed: {stage: \(PhantomSet.closing)}
          rough:     {stage: subtract, minuend: completed, subtrahend: bone}
          implant:   {stage: clean, of: rough, against: bone}
          view:      {stage: preview, of: implant, bone: bone, scan: skull}
        outputs: {implant.nrrd: implant, preview.png: view}
        score: {of: implant, against: bone}
        """)
    #expect(try set.run("--report").status == 0)
    let text = try page(set.folder, "out/report.html")
    #expect(text.components(separatedBy: "class=\"thumb\"").count == 3)
    #expect(text.contains("Distributions by kind"))
    let name = try #require(set.names.first)
    let one = try Calvaria.run(["report", set.out, "--only", name])
    #expect(one.status == 0, "\(one.errors)")
    #expect(FileManager.default.fileExists(atPath: "\(set.out)/report/\(name).html"))
    #expect(try Calvaria.run(["report", set.out]).status == 0)
    #expect(try page(set.folder, "out/report.html").contains("report/\(name).html"))
    // Of another implant, its page is no longer linked to.
    let account = set.out + "/run.json"
    let text2 = try String(contentsOfFile: account, encoding: .utf8)
    let digests = try text2.matches(of: Regex("[0-9a-f]{64}")).map { String(text2[$0.range]) }
    let other = digests.reduce(text2) { $0.replacing($1, with: String($1.reversed())) }
    try other.write(toFile: account, atomically: true, encoding: .utf8)
    #expect(try Calvaria.run(["report", set.out]).status == 0)
    let changed = try page(set.folder, "out/report.html")
    #expect(!changed.contains("report/\(name).html") && !changed.contains("class=\"thumb\""))
    try text2.write(toFile: account, atomically: true, encoding: .utf8)
    let wrong = try Calvaria.run(["report", set.out, "--only", name + "x"])
    #expect(wrong.status == 2)
    #expect(wrong.errors.contains("did you mean \(name)?"))
  }

  @Test func mistakesAreToldInOneLine() throws {
    let folder = TemporaryFolder()
    let none = try Calvaria.run(["report", folder("nothing")])
    #expect(none.status == 1 && none.errorLines.count == 1, "\(none.errors)")
    folder.write(Array("{}".utf8), "run.json")
    let other = try Calvaria.run(["report", folder.path])
    #expect(other.status == 1)
    #expect(other.errors.contains("expected an account that calvaria wrote"))
    folder.write(Array("{\"formatVersion\": 99}".utf8), "run.json")
    #expect(
      try Calvaria.run(["report", folder.path]).errors.contains("use the program that wrote it"))
    let title = try Calvaria.run(["implant", "x.nrrd", "-o", folder("o"), "--title", "x"])
    #expect(title.status == 2 && title.errors.contains("--report"))
  }

  @Test func aPipelineWithoutAPreviewHasNoPage() throws {
    let folder = TemporaryFolder()
    let pipeline = folder.write(
      Array(
        """
        version: 1
        stages:
          skull: {stage: load, of: $case}
          bone:  {stage: bone, of: skull}
        outputs: {bone.nrrd: bone}
        """.utf8), "p.yaml")
    let outcome = try Calvaria.run([
      "run", pipeline, try Phantom.write(in: folder), "-o", folder("out"), "--report",
    ])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("--report: expected a pipeline with a stage `preview`"))
  }
}
