import Foundation
import MeshIO
import TestSupport
import Testing

/// What is reused is what would be made: never another case's file, another pipeline's value, or the score
/// against a truth that has changed.
@Suite struct BatchReuseTests {
  /// Exchanges the files of two cases, truths too.
  private func exchange(_ set: PhantomSet, _ one: String, _ other: String) {
    for role in ["defective_skull", "implant"] {
      let (a, b) = (set.file(one, role: role), set.file(other, role: role))
      rename(a, a + ".t")
      rename(b, a)
      rename(a + ".t", b)
    }
  }

  /// Every case with an output of its own: its bone.
  private func distinctSet() throws -> PhantomSet {
    let set = try PhantomSet(
      count: 8,
      pipeline: """
        version: 1
        stages:
          skull:   {stage: load, of: $case}
          bone:    {stage: bone, of: skull}
          surface: {stage: mesh, of: bone, smoothing: 0}
        outputs: {implant.nrrd: bone, implant.stl: surface}
        """)
    for (index, name) in set.names.enumerated() {
      try set.cut(name, planes: index)
    }
    return set
  }

  @Test func exchangedInputsGetTheirOwnOutputs() throws {
    let set = try distinctSet()
    #expect(try set.run().status == 0)
    let first = set.outputs()
    #expect(first["mesh/left/000.stl"] != first["mesh/left/001.stl"])
    #expect(first["mesh/right/002.stl"] != first["mesh/left/003.stl"])
    exchange(set, "left/000", "left/001")
    exchange(set, "right/002", "left/003")
    let second = try set.run()
    #expect(second.status == 0, "\(second.errors)")
    var expected = first
    for (a, b) in [("left/000", "left/001"), ("right/002", "left/003")] {
      for (folder, ending) in [("implant", "nrrd"), ("mesh", "stl")] {
        expected["\(folder)/\(a).\(ending)"] = first["\(folder)/\(b).\(ending)"]
        expected["\(folder)/\(b).\(ending)"] = first["\(folder)/\(a).\(ending)"]
      }
    }
    #expect(set.outputs() == expected)
    #expect(try Calvaria.run("verify", set.out).status == 0)
  }

  /// A file that was written for the same bytes is copied only as it was written.
  @Test func aCopyIsOfTheBytesThatWereWritten() throws {
    let set = try distinctSet()
    #expect(try set.run().status == 0)
    let first = set.outputs()
    for role in ["defective_skull", "implant"] {
      rename(set.file("left/000", role: role), set.file("left/009", role: role))
    }
    // As long and of the same time.
    let path = set.out + "/mesh/left/000.stl"
    var status = stat()
    stat(path, &status)
    let handle = try #require(FileHandle(forUpdatingAtPath: path))
    try handle.seek(toOffset: 200)
    try handle.write(contentsOf: Data([1, 2, 3]))
    try handle.close()
    var times = [status.st_atim, status.st_mtim]
    utimensat(AT_FDCWD, path, &times, 0)
    let outcome = try set.run()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(set.outputs()["mesh/left/009.stl"] == first["mesh/left/000.stl"])
    #expect(try Calvaria.run("verify", set.out).status == 0)
  }

  /// What holds the name of its case is not copied when the case gets another one.
  @Test func aRenamedCaseIsNotCalledByItsFormerName() throws {
    let set = try PhantomSet(
      count: 2,
      pipeline: """
        version: 1
        stages:
          skull:   {stage: load, of: $case}
          bone:    {stage: bone, of: skull}
          surface: {stage: mesh, of: bone, smoothing: 0}
        outputs: {implant.nrrd: bone, implant.3mf: surface}
        """)
    #expect(try set.run().status == 0)
    for role in ["defective_skull", "implant"] {
      rename(set.file("left/000", role: role), set.file("left/009", role: role))
    }
    let outcome = try set.run()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let document = try MeshFile.read("\(set.out)/mesh/left/009.3mf").document
    #expect(document.notes.first { $0.name == "case" }?.value == "left/009", "\(document.notes)")
    #expect(try Calvaria.run("verify", set.out).status == 0)
  }

  @Test func whatFailedIsFailedUntilItIsLookedAtAgain() throws {
    let set = try PhantomSet(count: 4)
    #expect(try set.run().status == 0)
    let good = try Data(contentsOf: URL(filePath: set.file("left/001")))
    try good.prefix(good.count / 2).write(to: URL(filePath: set.file("left/001")))
    #expect(try set.run().status == 1)
    let other = try set.run("--only", "left/000")
    // The code is that of the cases that were looked at.
    #expect(other.status == 0)
    #expect(
      other.output.contains(
        "3 cases done, 1 of them reused, 1 failed (1 of them in an earlier run)"),
      "\(other.output)")
    let failures = try set.failures()
    #expect(failures.map { $0["case"] as? String } == ["left/001"])
    #expect((failures[0]["rerun"] as? String)?.hasSuffix("--only left/001") == true)
    let account = "\(try set.folder.json("out/run.json"))"
    #expect(account.contains("is of an earlier run"))
    #expect(
      try set.folder.json("out/summary.json")["cases"] as? [String: Int]
        == ["completed": 3, "failed": 1, "reused": 1, "notRun": 0])
    try good.write(to: URL(filePath: set.file("left/001")))
    #expect(try set.run("--retry-failed").status == 0)
    #expect(try set.failures().isEmpty)
  }

  @Test func casesOfAnotherPipelineAreNotCountedBesideThose() throws {
    let set = try PhantomSet(count: 4)
    #expect(try set.run().status == 0)
    let changed = try set.run("--only", "left/000", "--set", "clearance=4")
    #expect(changed.status == 0, "\(changed.errors)")
    #expect(changed.output.contains("1 case done"), "\(changed.output)")
    let cases = try #require(try set.folder.json("out/summary.json")["cases"] as? [String: Int])
    #expect(cases == ["completed": 1, "failed": 0, "reused": 0, "notRun": 3])
    let table = try String(contentsOfFile: set.out + "/scores.csv", encoding: .utf8)
    #expect(table.split(separator: "\n").count == 2)
    #expect(try set.run().output.contains("4 cases done"))
  }

  /// A stage whose memory is measured is still the stage that it is, with its parameters.
  @Test func measuredStagesAreNotTakenForOthers() throws {
    let set = try PhantomSet(count: 2)
    func run(_ arguments: String...) throws -> (Calvaria.Outcome, [String: Data]) {
      let outcome = try Calvaria.run(
        ["batch", set.path, "-o", set.out, "--pipeline", set.pipeline, "-q", "--jobs", "1"]
          + arguments)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return (outcome, set.outputs())
    }
    let (_, first) = try run("--measure-memory")
    let (changed, second) = try run("--measure-memory", "--set", "clearance=4")
    #expect(changed.output.contains(", 0 of them reused"), "\(changed.output)")
    #expect(second["implant/left/000.nrrd"] != first["implant/left/000.nrrd"])
    // A run without measuring continues from one with it, and tells nothing of what that took.
    for name in set.names { unlink("\(set.out)/implant/\(name).nrrd") }
    let (_, third) = try run("--set", "clearance=4")
    #expect(third == second)
    let account = try String(contentsOfFile: set.out + "/run.json", encoding: .utf8)
    #expect(account.contains("\"restored\"") && !account.contains("measuredBytes"))
  }

  @Test func damagedValuesThatCannotBeRemovedAreMadeAnew() throws {
    let set = try PhantomSet(count: 3)
    #expect(try set.run().status == 0)
    let first = set.outputs()
    let cache = set.out + "/.calvaria/cache"
    let names = try FileManager.default.subpathsOfDirectory(atPath: cache).filter { $0.count > 60 }
    #expect(!names.isEmpty)
    for name in names {
      // What no program removes by `unlink`, nor writes over.
      try FileManager.default.removeItem(atPath: "\(cache)/\(name)")
      mkdir("\(cache)/\(name)", 0o755)
    }
    for name in set.names { unlink("\(set.out)/mesh/\(name).stl") }
    let outcome = try set.run()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(set.outputs() == first)
  }

  @Test func nothingIsScoredThatThePipelineDoesNotName() throws {
    let set = try PhantomSet(count: 2)
    let text = try String(contentsOfFile: set.pipeline, encoding: .utf8)
    let path = try set.folder.write(
      text.replacing("score: {of: implant, against: bone}", with: ""),
      to: "whole.yaml")
    let outcome = try Calvaria.run("batch", set.path, "-o", set.out, "--pipeline", path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("nothing is scored"), "\(outcome.errors)")
    let table = try String(contentsOfFile: set.out + "/scores.csv", encoding: .utf8)
    #expect(!table.contains("ok"), "\(table)")
  }

  @Test func earlierOutputsInTheSetAreNoCases() throws {
    let set = try PhantomSet(count: 2)
    #expect(try set.run(out: set.path + "/results").status == 0)
    let second = try set.run(out: set.path + "/results")
    #expect(second.output.contains("2 cases done, 2 of them reused"), "\(second.output)")
    let other = try Calvaria.run(
      "batch", set.path, "-o", set.out, "--pipeline", set.pipeline)
    #expect(other.output.contains("SkullBreak: 2 cases"), "\(other.output)")
    #expect(other.errors.contains("outputs of earlier runs"), "\(other.errors)")
    let over = try set.run(out: set.path + "/implant")
    #expect(over.status == 2)
    #expect(over.errors.contains("one with other files"), "\(over.errors)")
  }
}
