import Foundation
import TestSupport
import Testing

/// The Makefile of `docs/make.md`, as it stands there.
@Suite struct MakeTests {
  /// The fenced block of the document.
  private static func makefile() throws -> String {
    let text = try String(contentsOfFile: Calvaria.root + "/docs/make.md", encoding: .utf8)
    let parts = text.components(separatedBy: "```")
    return try #require(parts.first { $0.hasPrefix("make\n") }).dropFirst(5).description
  }

  private func make(_ arguments: [String], in folder: TemporaryFolder) throws -> (
    status: Int32, text: String
  ) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["-u", "MAKEFLAGS", "-u", "MAKELEVEL", "make", "-C", folder.path] + arguments
      + ["CALVARIA=\(Calvaria.path)", "PIPELINE=pipeline.yaml", "MEMORY=1GB"]
    let output = try folder.handle("make.log")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    process.waitUntilExit()
    let log = try String(contentsOfFile: folder.path + "/make.log", encoding: .utf8)
    return (process.terminationStatus, log)
  }

  @Test func aRuleACaseIsSafeSideBySideAndDoneOnce() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/skulls", withIntermediateDirectories: true)
    try Self.makefile().write(
      toFile: folder.path + "/Makefile", atomically: true, encoding: .utf8)
    try """
    version: 1
    pipeline: rim
    stages:
      skull: {stage: load, of: $case}
      bone: {stage: bone, of: skull}
      full: {stage: fill, of: bone}
      implant: {stage: subtract, minuend: full, subtrahend: bone}
    outputs: {implant.nrrd: implant}
    """.write(toFile: folder.path + "/pipeline.yaml", atomically: true, encoding: .utf8)
    let names = ["a", "b", "c"]
    for name in names { _ = try Phantom.write("skulls/\(name).nrrd", in: folder) }
    try Data("no volume".utf8).write(to: URL(filePath: folder.path + "/skulls/bad.nrrd"))

    // A bad case is an error, and no file says otherwise; the others are done.
    let first = try make(["-j", "3", "-k"], in: folder)
    #expect(first.status != 0 && first.text.contains("bad.nrrd"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/implants/bad/run.json"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/hashes.csv"))
    try FileManager.default.removeItem(atPath: folder.path + "/skulls/bad.nrrd")

    let second = try make(["-j", "3"], in: folder)
    #expect(second.status == 0 && !second.text.contains(" implant 'skulls/"))
    let table = try String(contentsOfFile: folder.path + "/hashes.csv", encoding: .utf8)
    let rows = table.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(rows.map { String($0[0]) } == names && Set(rows.map { $0[1] }).count == 1)
    #expect(rows.allSatisfy { $0.count == 2 && $0[1].count == 64 })
    #expect(try make([], in: folder).text.contains("Nothing to be done for 'all'"))

    // One skull is newer: it alone is done again.
    #expect(utimes(folder.path + "/skulls/b.nrrd", nil) == 0)
    let plan = try make(["-n"], in: folder).text
    #expect(plan.contains("implants/b") && !plan.contains("implant 'skulls/a.nrrd'"))
    #expect(try make(["-j", "3"], in: folder).status == 0)
    #expect(
      try String(contentsOfFile: folder.path + "/hashes.csv", encoding: .utf8) == table)
  }
}
