import Foundation
import TestSupport
import Testing
import VolumeIO

@Suite struct BatchCommandTests {
  @Test func outputsMirrorTheSetAndAreScored() throws {
    let set = try PhantomSet(count: 2, completion: PhantomSet.mirror)
    let outcome = try set.run()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("SkullBreak: 2 cases in 2 kinds"))
    #expect(
      set.outputs().keys.sorted()
        == set.names.map { "implant/\($0).nrrd" } + set.names.map { "mesh/\($0).stl" })
    #expect(try set.failures().isEmpty)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(
      lines.suffix(5)
        == ["failures.json", "summary.json", "scores.csv", "measurements.csv", "run.json"].map {
          "\(set.out)/\($0)"
        })
    let table = try String(contentsOfFile: set.out + "/scores.csv", encoding: .utf8)
      .split(separator: "\n")
    #expect(table[0] == "case,kind,dsc,bdsc,hd95,hd,seconds,status")
    #expect(table.count == 3)
    // As `evaluate` scores the written file.
    let evaluated = try Calvaria.run(
      "evaluate", set.out + "/implant/right/000.nrrd", set.file("right/000", role: "implant"),
      "--defective", set.file("right/000"), "--json")
    let scores = try #require(
      try JSONSerialization.jsonObject(with: Data(evaluated.output.utf8)) as? [String: Any])
    let row = try #require(table.first { $0.hasPrefix("000,right,") }).split(separator: ",")
    for (column, key) in [(2, "dsc"), (3, "bdsc"), (4, "hd95"), (5, "hd")] {
      let (mine, other) = (try #require(Double(row[column])), try #require(scores[key] as? Double))
      #expect(abs(mine - other) < 1e-12, "\(key)")
    }
    #expect(try #require(Double(row[2])) > 0.5)
    #expect(try Calvaria.run("verify", set.out).status == 0)
  }

  @Test func aSecondRunDoesNothingAndAChangedParameterOnlyWhatHangsOnIt() throws {
    let set = try PhantomSet(count: 4)
    #expect(try set.run().status == 0)
    let first = set.outputs()
    let table = try Data(contentsOf: URL(filePath: set.out + "/scores.csv"))

    let second = try set.run()
    #expect(second.output.contains("4 cases done, 4 of them reused, 0 failed"))
    #expect(set.outputs() == first)
    #expect(try Data(contentsOf: URL(filePath: set.out + "/scores.csv")) == table)
    for states in try set.states().values { #expect(Set(states.values) == ["reused"]) }

    // What stands before the changed stage is read, what it hangs on is made, all else is left.
    let changed = try set.run("--set", "clearance=4", "--explain")
    #expect(changed.status == 0, "\(changed.errors)")
    #expect(changed.output.contains("clearance 0 → 4"))
    let states = try #require(try set.states()["left/000"])
    #expect(states["implant"] == "ran")
    #expect(states["surface"] == "ran")
    #expect(states["score"] == "ran")
    #expect(states["bone"] == "restored")
    #expect(states["completed"] == "restored")
    #expect(set.outputs() != first)

    // And back: nothing but reading what was stored, and the very bytes of the first time.
    #expect(try set.run().status == 0)
    let back = try #require(try set.states()["left/000"])
    #expect(back["implant"] == "restored")
    #expect(back["completed"] == "reused")
    #expect(set.outputs() == first)
  }

  @Test func aDryRunTellsAndMakesNothing() throws {
    let set = try PhantomSet(count: 2)
    let dry = try set.run("--dry-run", "--explain")
    #expect(dry.status == 0, "\(dry.errors)")
    #expect(dry.output.contains("2 cases checked: 0 up to date, 2 to run"))
    #expect(dry.output.contains("this case was not done here before"))
    #expect(!set.folder.names().contains("out"))
    #expect(try set.run().status == 0)
    let before = set.folder.names()
    let again = try set.run("--dry-run")
    #expect(again.output.contains("2 up to date, 0 to run"))
    #expect(set.folder.names() == before)
  }

  @Test func touchedRenamedAndMovedFilesRerunNothing() throws {
    let set = try PhantomSet(count: 4)
    #expect(try set.run().status == 0)
    let first = set.outputs()
    utimes(set.file("left/000"), nil)
    for role in ["defective_skull", "implant"] {
      rename(set.file("right/001", role: role), set.file("right/007", role: role))
    }
    let outcome = try set.run("--explain")
    #expect(outcome.output.contains("all 10 stages reused"), "\(outcome.output)")
    for states in try set.states().values { #expect(Set(states.values) == ["reused"]) }
    let second = set.outputs()
    #expect(second["implant/right/007.nrrd"] == first["implant/right/001.nrrd"])
    #expect(second["mesh/right/007.stl"] == first["mesh/right/001.stl"])
    #expect(second["implant/left/000.nrrd"] == first["implant/left/000.nrrd"])
    #expect(try Calvaria.run("verify", set.out).status == 0)
  }

  @Test func whatWasTakenAwayOrChangedIsMadeAgain() throws {
    let set = try PhantomSet(count: 2)
    #expect(try set.run().status == 0)
    let first = set.outputs()
    unlink(set.out + "/mesh/left/000.stl")
    try Data("no implant".utf8).write(to: URL(filePath: set.out + "/implant/right/000.nrrd"))
    let verified = try Calvaria.run("verify", set.out)
    #expect(verified.status == 1)
    #expect(verified.errorLines.count == 2, "\(verified.errors)")
    #expect(verified.output.contains("2 files unchanged, 2 missing or changed"))
    let outcome = try set.run("--explain")
    #expect(outcome.output.contains("mesh/left/000.stl is missing"))
    #expect(outcome.output.contains("implant/right/000.nrrd was changed since"))
    #expect(set.outputs() == first)

    // A stored value with a wrong bit is not believed.
    let cache = set.out + "/.calvaria/cache"
    for name in try FileManager.default.subpathsOfDirectory(atPath: cache) where name.count > 60 {
      var bytes = try Data(contentsOf: URL(filePath: "\(cache)/\(name)"))
      bytes[bytes.count - 3] ^= 1
      try bytes.write(to: URL(filePath: "\(cache)/\(name)"))
    }
    unlink(set.out + "/mesh/left/000.stl")
    let mended = try set.run()
    #expect(mended.status == 0, "\(mended.errors)")
    #expect(set.outputs() == first)
  }

  @Test func exactlyTheBadCasesFail() throws {
    let clean = try PhantomSet(count: 12)
    #expect(try clean.run().status == 0)
    let good = clean.outputs()
    let set = clean
    let bad = set.folder.path + "/bad"
    // Corrupt, empty of bytes, empty of bone, on another grid than its truth, unreadable.
    let corrupt = try Data(contentsOf: URL(filePath: set.file("left/000")))
    try corrupt.prefix(corrupt.count / 2).write(to: URL(filePath: set.file("left/000")))
    try Data().write(to: URL(filePath: set.file("left/001")))
    let blank = try Data(contentsOf: URL(filePath: set.file("left/002", role: "implant")))
    let header = try #require(blank.range(of: Data("\n\n".utf8)))
    let raw = String(decoding: blank[..<header.lowerBound], as: UTF8.self)
      .replacingOccurrences(of: "encoding: gzip", with: "encoding: raw")
    try (Data("\(raw)\n\n".utf8) + Data(count: 36 * 44 * 32))
      .write(to: URL(filePath: set.file("left/002")))
    let truth = set.file("right/003", role: "implant")
    let moved = try String(
      decoding: Data(contentsOf: URL(filePath: truth)).prefix(header.lowerBound), as: UTF8.self)
    #expect(moved.contains("space origin: (-71,87,10)"), "\(moved)")
    var bytes = try Data(contentsOf: URL(filePath: truth))
    let origin = try #require(bytes.range(of: Data("(-71,87,10)".utf8)))
    bytes.replaceSubrange(origin, with: Data("(-71,87,14)".utf8))
    try bytes.write(to: URL(filePath: truth))
    unlink(set.file("right/004"))
    symlink("/nowhere/skull.nrrd", set.file("right/004"))

    let outcome = try set.run(out: bad)
    #expect(outcome.status == 1)
    let failures = try set.failures(in: bad)
    #expect(
      failures.map { $0["case"] as? String } == [
        "left/000", "left/001", "left/002", "right/003", "right/004",
      ])
    #expect(
      failures.map { $0["stage"] as? String } == ["skull", "skull", "skull", "score", "skull"])
    #expect(failures[3]["code"] as? String == "grid-mismatch")
    for failure in failures {
      let message = try #require(failure["message"] as? String)
      #expect(message.contains("expected"), "\(message)")
      #expect(message.contains(failure["case"] as? String ?? "?"), "\(message)")
      #expect(
        (failure["inputSHA256"] as? String)?.count == 64
          || failure["case"] as? String == "right/004")
    }
    let bads = Set(["left/000", "left/001", "left/002", "right/004"])
    for (name, data) in set.outputs(in: bad) { #expect(data == good[name], "\(name)") }
    #expect(set.outputs(in: bad).count == 2 * (12 - bads.count))

    // Mended, the failed ones alone are done, and the tables have all.
    try corrupt.write(to: URL(filePath: set.file("left/000")))
    let rerun = try #require(failures[0]["rerun"] as? String)
    #expect(rerun.hasSuffix("--only left/000"))
    let retried = try set.run("--retry-failed", out: bad)
    #expect(retried.status == 1)
    #expect(try set.failures(in: bad).count == 4)
    #expect(set.outputs(in: bad)["implant/left/000.nrrd"] == good["implant/left/000.nrrd"])
    let table = try String(contentsOfFile: bad + "/scores.csv", encoding: .utf8)
    #expect(table.split(separator: "\n").count == 13)
  }

  @Test func partsMakeTheWhole() throws {
    let set = try PhantomSet(count: 5)
    #expect(try set.run().status == 0)
    let whole = set.outputs()
    let cache = set.folder.path + "/cache"
    var parts: [String: Data] = [:]
    for index in 1...2 {
      let out = set.folder.path + "/part\(index)"
      #expect(try set.run("--shard", "\(index)/2", "--cache", cache, out: out).status == 0)
      parts.merge(set.outputs(in: out)) { _, _ in Data() }
    }
    #expect(parts == whole)
    // With the values that the parts have stored, the whole is put together.
    let out = set.folder.path + "/together"
    #expect(try set.run("--cache", cache, out: out).status == 0)
    #expect(set.outputs(in: out) == whole)
    for states in try set.states(in: out).values { #expect(states["completed"] == "reused") }
    for wrong in ["0/2", "3/2", "1", "a/b", "-1/2"] {
      #expect(try set.run("--shard=\(wrong)").status == 2)
    }
  }

  @Test func oneCaseByItsName() throws {
    let set = try PhantomSet(count: 4)
    let outcome = try set.run("--only", "right/001")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(set.outputs().keys.sorted() == ["implant/right/001.nrrd", "mesh/right/001.stl"])
    let wrong = try set.run("--only", "right/011")
    #expect(wrong.status == 2)
    #expect(wrong.errors.contains("did you mean right/0"), "\(wrong.errors)")
    // The others are done later, and all stand in the table.
    #expect(try set.run("--only", "left/000").status == 0)
    let table = try String(contentsOfFile: set.out + "/scores.csv", encoding: .utf8)
    #expect(table.split(separator: "\n").count == 3)
  }

  @Test func niftiInNiftiOut() throws {
    let set = try PhantomSet(count: 2, ending: ".nii.gz", truths: false)
    let outcome = try set.run()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(set.outputs().keys.contains("implant/left/000.nii.gz"))
    #expect(
      try ImageFile(opening: set.out + "/implant/left/000.nii.gz").info.format.rawValue == "nifti1")
    let table = try String(contentsOfFile: set.out + "/scores.csv", encoding: .utf8)
    #expect(table == "case,kind,dsc,bdsc,hd95,hd,seconds,status\n")
  }

  @Test func oneRunAtATimeAndNeverOverItsInputs() throws {
    let set = try PhantomSet(count: 2)
    let into = try Calvaria.run(
      "batch", set.path, "-o", set.path, "--pipeline", set.pipeline, "-q")
    #expect(into.status == 2)
    #expect(into.errors.contains("a folder other than the data set"), "\(into.errors)")

    #expect(try set.run().status == 0)
    let descriptor = open(set.out, O_RDONLY)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    let second = try set.run()
    #expect(second.status == 2)
    #expect(second.errors.contains("another process in it"), "\(second.errors)")
    close(descriptor)
    #expect(try set.run().status == 0)
  }

  @Test func theFirstFailureMayEndTheRun() throws {
    let set = try PhantomSet(count: 16)
    try Data().write(to: URL(filePath: set.file("left/000")))
    let outcome = try set.run("--fail-fast", "--jobs", "1")
    #expect(outcome.status == 1)
    #expect(set.outputs().count < 32)
    #expect(try set.failures().count == 1)
    let account = try set.folder.json("out/run.json")
    #expect(account["status"] as? String == "cancelled")
  }

  /// An implant of another name is scored where the pipeline says what is the implant; where it does not,
  /// nothing is.
  @Test func scoresWhatThePipelineNames() throws {
    let plain = PhantomSet.pipelineText(PhantomSet.closing)
      .replacing("implant.nrrd: implant, implant.stl: surface", with: "plate.nrrd: implant")
    let score = "score: {of: implant, against: bone}"
    for (text, count) in [(plain.replacing(score, with: ""), 0), (plain, 2)] {
      let set = try PhantomSet(count: 2, pipeline: text)
      let run = try Calvaria.run(["batch", set.path, "-o", set.out, "--pipeline", set.pipeline])
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.errors.contains("nothing is scored") == (count == 0), "\(run.errors)")
      let scores = try String(contentsOfFile: set.out + "/scores.csv", encoding: .utf8)
      #expect(scores.split(separator: "\n").filter { $0.hasSuffix(",ok") }.count == count)
    }
  }
}
