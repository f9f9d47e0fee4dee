import Foundation
import TestSupport
import Testing

/// A batch that several processes do in parts, in one folder.
@Suite struct BatchShardTests {
  /// Starts parts of a batch, all at the same time.
  private func start(_ set: PhantomSet, _ parts: [String], out: String, _ more: String...) throws
    -> [Process]
  {
    try parts.map { part in
      let process = Process()
      process.executableURL = URL(filePath: Calvaria.path)
      process.arguments =
        ["batch", set.path, "-o", out, "--pipeline", set.pipeline, "-q", "--jobs", "1"]
        + ["--shard", part] + more
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      return process
    }
  }

  /// The accounts of a folder without what depends on the machine and the moment.
  private func accounts(_ out: String) throws -> [String: String] {
    let free: Set = [
      "started", "seconds", "startSeconds", "host", "resources", "shards", "cores", "declaredBytes",
    ]
    func plain(_ value: Any) -> Any {
      if let list = value as? [Any] { return list.map(plain) }
      guard let object = value as? [String: Any] else {
        return (value as? String)?.replacing(out, with: "OUT") ?? value
      }
      var rest = object.filter { !free.contains($0.key) }
      // They stand in the order in which they ended.
      rest["stages"] =
        (rest["stages"] as? [[String: Any]])?.sorted {
          ($0["name"] as? String ?? "") < ($1["name"] as? String ?? "")
        } ?? rest["stages"]
      // What runs beside the stage that fails may have ended or not.
      if rest["status"] as? String == "failed" { rest["stages"] = nil }
      return rest.mapValues(plain)
    }
    var found: [String: String] = [:]
    for name in ["run.json", "summary.json", "failures.json"] {
      let object = try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(filePath: "\(out)/\(name)")))
      let data = try JSONSerialization.data(
        withJSONObject: plain(object), options: [.sortedKeys, .prettyPrinted])
      found[name] = String(decoding: data, as: UTF8.self)
    }
    for name in ["scores.csv", "measurements.csv"] {
      let text = try String(contentsOfFile: "\(out)/\(name)", encoding: .utf8)
      // The second last column of the scores is the time.
      found[name] = text.split(separator: "\n").map { line in
        var columns = line.split(separator: ",", omittingEmptySubsequences: false)
        if name == "scores.csv", columns.count > 2 { columns[columns.count - 2] = "" }
        return columns.joined(separator: ",")
      }.joined(separator: "\n")
    }
    return found
  }

  private func expectSame(_ out: String, _ whole: String) throws {
    let (a, b) = (try accounts(out), try accounts(whole))
    for (name, text) in b {
      guard a[name] != text else { continue }
      let (x, y) = (a[name]!.split(separator: "\n"), text.split(separator: "\n"))
      let n = zip(x, y).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? -1
      Issue.record(
        "\(name): after \(x.prefix(max(0, n)).suffix(8)): line \(n): \(n < 0 ? "\(x.count) lines" : x[n]) / \(n < 0 ? "\(y.count)" : y[n])"
      )
    }
  }

  @Test func theAccountsOfPartsAreThoseOfOneProcess() throws {
    let set = try PhantomSet(count: 9)
    // One case fails.
    try Data("no scan".utf8).write(to: URL(filePath: set.file("right/001")))
    let whole = set.folder.path + "/whole"
    #expect(try set.run("--jobs", "1", out: whole).status == 1)
    for process in try start(set, ["1/3", "2/3", "3/3"], out: set.out) {
      process.waitUntilExit()
      #expect([0, 1].contains(process.terminationStatus))
    }
    #expect(set.outputs() == set.outputs(in: whole))
    try expectSame(set.out, whole)
    let shards = try #require(
      try set.folder.json("out/run.json")["shards"] as? [[String: Any]])
    #expect(shards.map { $0["shard"] as? String } == ["1/3", "2/3", "3/3"])
    #expect(shards.allSatisfy { ($0["seconds"] as? Double ?? 0) > 0 })

    // Merged again, the same; also by its other name.
    let before = try accounts(set.out)
    for command in [["merge"], ["batch", "merge"]] {
      let merged = try Calvaria.run(command + [set.out])
      #expect(merged.status == 1 && merged.errors.contains("right/001"), "\(merged)")
      #expect(try accounts(set.out) == before)
    }

    // One process goes on with what the parts have made, and its accounts take their place.
    let again = try set.run()
    #expect(again.status == 1 && again.output.contains("8 of them reused"), "\(again.output)")
    #expect(try set.folder.json("out/run.json")["shards"] == nil)
    #expect(try Calvaria.run(["merge", set.out]).errors.contains("parts of a batch"))
  }

  @Test func aPartThatWasKilledIsNamedAndGoesOn() throws {
    let set = try PhantomSet(count: 24)
    let whole = set.folder.path + "/whole"
    #expect(try set.run("--jobs", "1", out: whole).status == 0)
    let parts = try start(set, ["1/2", "2/2"], out: set.out)
    let log = set.out + "/.calvaria/shards/2-of-2.log"
    let deadline = Date(timeIntervalSinceNow: 60)
    while Date() < deadline,
      (try? String(contentsOfFile: log, encoding: .utf8))?.contains("\"ended\"") != true
    {
      usleep(2000)
    }
    kill(parts[1].processIdentifier, SIGKILL)
    for part in parts { part.waitUntilExit() }
    #expect(parts[0].terminationStatus == 0)
    let merged = try Calvaria.run(["merge", set.out])
    #expect(merged.status == 1)
    #expect(merged.output.contains("part 2/2 has not come to its end: "), "\(merged.output)")
    #expect(try set.folder.json("out/run.json")["status"] as? String == "cancelled")
    // The claim of the dead process holds nobody up.
    let second = try start(set, ["2/2"], out: set.out)
    second[0].waitUntilExit()
    #expect(second[0].terminationStatus == 0)
    #expect(set.outputs() == set.outputs(in: whole))
    try expectSame(set.out, whole)
    let left = try FileManager.default.subpathsOfDirectory(atPath: set.out)
    #expect(!left.contains { $0.hasSuffix(".partial") })
  }

  @Test func oneProcessAPartAndNoneBesideAWholeRun() throws {
    let set = try PhantomSet(count: 6, completion: PhantomSet.mirror)
    let first = try start(set, ["1/2"], out: set.out)
    let lease = set.out + "/.calvaria/leases/1-of-2"
    let deadline = Date(timeIntervalSinceNow: 60)
    while Date() < deadline, !FileManager.default.fileExists(atPath: lease) { usleep(2000) }
    let same = try set.run("--shard", "1/2")
    #expect(same.status == 2 && same.errors.contains("another process in it ("), "\(same.errors)")
    let all = try set.run()
    #expect(all.status == 2 && all.errors.contains("another process in it"), "\(all.errors)")
    #expect(try set.run("--shard", "2/2").status == 0)
    first[0].waitUntilExit()
    #expect(first[0].terminationStatus == 0)
    #expect(try set.folder.json("out/run.json")["status"] as? String == "completed")
    #expect(!FileManager.default.fileExists(atPath: lease))
  }

  @Test func aPartTellsOfItsOwnCasesAndOfAll() throws {
    let set = try PhantomSet(count: 6)
    try Data("no scan".utf8).write(to: URL(filePath: set.file("left/000")))
    let first = try set.run("--shard", "1/2")
    let second = try set.run("--shard", "2/2")
    // One of them has the bad case; only that one fails.
    #expect([first.status, second.status].sorted() == [0, 1])
    #expect(first.output.contains("part 1/2: ") && second.output.contains("part 2/2: "))
    #expect(
      second.output.contains("all parts: 5 cases done, 0 of them reused, 1 failed"), "\(second)")
    #expect(!second.output.contains("earlier run"))
    let again = try set.run("--shard", "1/2")
    let own = again.output.split(separator: "\n").first { $0.hasPrefix("part 1/2: ") } ?? ""
    let done = own.split(separator: " ").compactMap { Int($0) }
    #expect(done.count > 1 && done[0] == done[1], "\(own)")
  }

  @Test func partsWithOtherParametersOrNumbersAreNotMixed() throws {
    let set = try PhantomSet(count: 6)
    #expect(try set.run("--shard", "1/2").status == 0)
    #expect(try set.run("--shard", "2/2", "--set", "clearance=1").status == 0)
    // The part that was begun last says how an account is made.
    let mixed = try Calvaria.run(["merge", set.out])
    #expect(mixed.status == 1 && mixed.output.contains("part 1/2 was not begun"), "\(mixed.output)")
    #expect(try set.run("--shard", "1/2", "--set", "clearance=1").status == 0)
    let whole = set.folder.path + "/whole"
    #expect(try set.run("--set", "clearance=1", out: whole).status == 0)
    #expect(set.outputs() == set.outputs(in: whole))
    #expect(try accounts(set.out)["scores.csv"] == accounts(whole)["scores.csv"])
    // What was done in two parts is not done again in three.
    for part in ["1/3", "2/3", "3/3"] {
      let outcome = try set.run("--shard", part, "--set", "clearance=1")
      #expect(outcome.status == 0 && !outcome.output.contains(" 0 of them reused"), "\(outcome)")
    }
    #expect(try set.folder.json("out/run.json")["status"] as? String == "completed")
  }

  @Test func thePlanIsAsTheGraphDeclares() throws {
    let set = try PhantomSet(count: 5)
    let outcome = try set.run("--plan", "--shards", "2", "--json")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let plan = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let (shards, cases) = (
      try #require(plan["shards"] as? [[String: Any]]),
      try #require(plan["cases"] as? [[String: Any]])
    )
    #expect(shards.count == 2 && cases.count == 5)
    #expect(shards.compactMap { $0["cases"] as? Int }.sorted() == [2, 3])
    #expect(cases.allSatisfy { ($0["peakBytes"] as? Int ?? 0) > 100_000 })
    #expect(cases.allSatisfy { $0["isMeasured"] as? Bool == false })
    #expect(!FileManager.default.fileExists(atPath: set.out))
    // After a run, as it was measured.
    #expect(try set.run().status == 0)
    let measured = try set.run("--plan", "--json").output
    #expect(!measured.contains("\"isMeasured\" : false"), "\(measured)")
    for wrong in [["--shards", "0"], ["--json"], ["--plan", "--shard", "1/2"]] {
      let outcome = try Calvaria.run(["batch", set.path, "-o", set.out] + wrong)
      #expect(outcome.status == 2, "\(wrong)")
    }
  }
}
