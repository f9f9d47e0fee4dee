import Foundation
import TestSupport
import Testing

/// What a batch leaves behind when the machine fails it, and that a rerun completes it.
@Suite struct BatchFailureTests {
  /// How often the kill is tried; `make stress` asks for more.
  static let kills = Int(ProcessInfo.processInfo.environment["CALVARIA_KILLS"] ?? "") ?? 4

  private func start(_ set: PhantomSet, _ arguments: String..., out: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: Calvaria.path)
    process.arguments =
      ["batch", set.path, "-o", out, "--pipeline", set.pipeline, "-q"] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Waits for an output to be there.
  private func awaitOutput(_ set: PhantomSet, _ out: String) {
    let deadline = Date(timeIntervalSinceNow: 60)
    while set.outputs(in: out).isEmpty, Date() < deadline { usleep(2000) }
  }

  /// The table without the seconds.
  private func scores(_ out: String) throws -> [String] {
    try String(contentsOfFile: out + "/scores.csv", encoding: .utf8).split(separator: "\n").map {
      let row = $0.split(separator: ",", omittingEmptySubsequences: false)
      return (row.prefix(6) + row.dropFirst(7)).joined(separator: ",")
    }
  }

  private func expectWhole(
    _ set: PhantomSet, _ out: String, like good: [String: Data], _ table: [String]
  ) throws {
    let rerun = try set.run(out: out)
    #expect(rerun.status == 0, "\(rerun.errors)")
    #expect(set.outputs(in: out) == good)
    #expect(try scores(out) == table)
    #expect(try set.failures(in: out).isEmpty)
    let names = try FileManager.default.subpathsOfDirectory(atPath: out)
    #expect(!names.contains { $0.hasSuffix(".partial") }, "\(names)")
    #expect(try Calvaria.run("verify", out).status == 0)
  }

  @Test func killedAtAnyMomentARerunCompletesIt() throws {
    let set = try PhantomSet(count: 12)
    let begin = Date()
    #expect(try set.run().status == 0)
    let seconds = Date().timeIntervalSince(begin)
    let (good, table) = (set.outputs(), try scores(set.out))
    for number in 0..<Self.kills {
      let out = set.folder.path + "/killed"
      try? FileManager.default.removeItem(atPath: out)
      let process = try start(set, out: out)
      usleep(UInt32(1e6 * seconds * (Double(number) + .random(in: 0..<1)) / Double(Self.kills)))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      try expectWhole(set, out, like: good, table)
    }
  }

  /// Once: what runs is ended, and the account says so. Twice: at once.
  @Test(arguments: [1, 2]) func interrupted(times: Int) throws {
    let set = try PhantomSet(count: 40, truths: false)
    let process = try start(set, "--jobs", "1", out: set.out)
    awaitOutput(set, set.out)
    for _ in 0..<times {
      kill(process.processIdentifier, SIGINT)
      usleep(1000)
    }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 130)
    let left = set.outputs()
    #expect(left.count < 80)
    if times == 1 {
      #expect(try set.folder.json("out/run.json")["status"] as? String == "cancelled")
      #expect(try set.failures().isEmpty)
    }
    let clean = set.folder.path + "/clean"
    #expect(try set.run(out: clean).status == 0)
    let good = set.outputs(in: clean)
    for (name, data) in left { #expect(data == good[name], "\(name)") }
    try expectWhole(set, set.out, like: good, try scores(clean))
  }

  /// Runs a script in a namespace of its own, where it may mount.
  private static func mounting(_ script: String, _ arguments: [String] = []) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["unshare", "-rm", "/bin/sh", "-c", script] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Whether the system allows a namespace of one's own; tests that need one are listed as skipped where
  /// it does not.
  private static let mayMount = ConditionTrait.enabled("the system allows no mount") {
    try mounting("mount -t tmpfs none /mnt") == 0
  }

  @Test(mayMount) func aFullDiskEndsTheRunAndARerunCompletesIt() throws {
    let set = try PhantomSet(count: 12)
    #expect(try set.run().status == 0)
    let (good, table) = (set.outputs(), try scores(set.out))
    let out = set.folder.path + "/full"
    // Room for some cases; then for all.
    let status = try Self.mounting(
      """
      mkdir -p "$3" && mount -t tmpfs -o size=200k none "$3" || exit 99
      "$0" batch "$1" -o "$3" --pipeline "$2" -q >"$4/said" 2>&1; first=$?
      find "$3" -name '*.partial' >"$4/partial"
      mount -o remount,size=100m "$3" || exit 98
      "$0" batch "$1" -o "$3" --pipeline "$2" -q || exit 97
      "$0" verify "$3" || exit 96
      mkdir "$4/kept" && cp -r "$3"/* "$4/kept" || exit 95
      exit $first
      """, [Calvaria.path, set.path, set.pipeline, out, set.folder.path])
    #expect(status == 1)
    let said = try String(contentsOfFile: set.folder.path + "/said", encoding: .utf8)
    #expect(said.contains("no space left") || said.contains("No space left"), "\(said)")
    #expect(try String(contentsOfFile: set.folder.path + "/partial", encoding: .utf8).isEmpty)
    let kept = set.folder.path + "/kept"
    #expect(set.outputs(in: kept) == good)
    #expect(try scores(kept) == table)
  }

  @Test(mayMount) func anOutputThatCannotBeWrittenIsToldBeforeAnyWork() throws {
    let set = try PhantomSet(count: 2)
    let status = try Self.mounting(
      """
      mkdir -p "$3" && mount -t tmpfs -o ro none "$3" || exit 99
      "$0" batch "$1" -o "$3" --pipeline "$2" -q >"$4/said" 2>&1
      """, [Calvaria.path, set.path, set.pipeline, set.out, set.folder.path])
    #expect(status == 1)
    let said = try String(contentsOfFile: set.folder.path + "/said", encoding: .utf8)
    let errors = said.split(separator: "\n").filter { $0.contains("error") }
    #expect(errors.count == 1, "\(said)")
    #expect(said.contains("ead-only file system"), "\(said)")
  }

  @Test func anInputThatVanishesFailsAlone() throws {
    let set = try PhantomSet(count: 40, truths: false)
    let process = try start(set, "--jobs", "1", out: set.out)
    awaitOutput(set, set.out)
    // The last case is planned when but a few are left.
    unlink(set.file("right/019"))
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(try set.failures().map { $0["case"] as? String } == ["right/019"])
    #expect(set.outputs().count == 78)
    // It is no case of the set any more.
    let rerun = try set.run()
    #expect(rerun.status == 0, "\(rerun.errors)")
    #expect(try set.failures().isEmpty)
  }

  @Test func twoRunsShareACacheThatIsTooSmall() throws {
    let set = try PhantomSet(count: 10)
    #expect(try set.run("--no-cache").status == 0)
    let good = set.outputs()
    let cache = set.folder.path + "/cache"
    let outs = ["a", "b"].map { set.folder.path + "/" + $0 }
    for clearance in ["0", "4", "0"] {
      let processes = try outs.map {
        try start(
          set, "--cache", cache, "--cache-size", "20kB", "--set", "clearance=\(clearance)", out: $0)
      }
      for process in processes {
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
      }
    }
    for out in outs { #expect(set.outputs(in: out) == good) }
    let names = try FileManager.default.subpathsOfDirectory(atPath: cache)
    #expect(!names.contains { $0.hasSuffix(".partial") })
    let bytes = try names.filter { $0.count > 60 }.reduce(0) {
      $0 + (try FileManager.default.attributesOfItem(atPath: "\(cache)/\($1)")[.size] as? Int ?? 0)
    }
    #expect(bytes <= 20_000, "\(bytes) bytes")
  }
}
