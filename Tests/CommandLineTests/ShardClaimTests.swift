import Foundation
import TestSupport
import Testing

/// What a part that is being done, or was paused, means for other processes.
@Suite struct ShardClaimTests {
  private func wait(seconds: Double = 60, until isSo: () -> Bool) {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline, !isSo() { usleep(2000) }
  }

  private func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }

  @Test func aPausedPartKeepsOthersOutAndEndsWhereItWasTakenOver() throws {
    let set = try PhantomSet(count: 8, completion: PhantomSet.mirror)
    let (claim, log) = (
      set.out + "/.calvaria/leases/1-of-2", set.out + "/.calvaria/shards/1-of-2.log"
    )
    let part = Process()
    part.executableURL = URL(filePath: Calvaria.path)
    part.arguments = [
      "batch", set.path, "-o", set.out, "--pipeline", set.pipeline, "-q", "--jobs", "1", "--shard",
      "1/2",
    ]
    part.standardOutput = FileHandle.nullDevice
    part.standardError = try set.folder.handle("errors")
    try part.run()
    wait { text(log).contains(#""start""#) }
    kill(part.processIdentifier, SIGSTOP)
    defer { kill(part.processIdentifier, SIGKILL) }
    let who = "(\(part.processIdentifier) on "
    for (arguments, expected) in [
      (["--shard", "1/2"], "no other run"), ([], "no other run"),
      (["--shard", "1/3"], "parts of one number"),
      (["--shard", "2/2", "--set", "clearance=1"], "the same pipeline and settings"),
      (["--shard", "2/2", "--label", "1"], "the same pipeline and settings"),
    ] {
      let outcome = try Calvaria.run(
        ["batch", set.path, "-o", set.out, "--pipeline", set.pipeline, "-q"] + arguments)
      #expect(
        outcome.status == 2 && outcome.errors.contains(expected) && outcome.errors.contains(who),
        "\(arguments): \(outcome)")
    }

    // Another process takes it for dead, as it would on another machine.
    let (before, done) = (text(claim), text(log).components(separatedBy: #""ended""#).count)
    let after = before.replacing(#""token":""#, with: #""token":"other-"#)
    #expect(after != before)
    try after.write(toFile: claim, atomically: true, encoding: .utf8)
    kill(part.processIdentifier, SIGCONT)
    wait { !part.isRunning }
    #expect(!part.isRunning && part.terminationStatus == 2)
    let errors = text(set.folder.path + "/errors")
    #expect(errors.contains("taken over by "), "\(errors)")
    #expect(text(log).components(separatedBy: #""ended""#).count == done)
    #expect(text(claim) == after)
    #expect(!FileManager.default.fileExists(atPath: set.out + "/run.json"))
  }
}
