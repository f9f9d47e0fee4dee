import Foundation
import TestSupport
import Testing

/// `calvaria batch --slurm`, with programs in the place of Slurm's that do at once what they are asked for. `make cluster-test`
/// uses a real one.
@Suite struct SlurmCommandTests {
  /// Programs that stand for Slurm's, and write down how they were called.
  private func slurm(_ folder: TemporaryFolder, largest: Int = 1000) throws -> String {
    let bin = folder.path + "/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    func program(_ name: String, _ text: String) throws {
      _ = try folder.write("#!/bin/sh\n" + text, to: "bin/\(name)")
      chmod("\(bin)/\(name)", 0o755)
    }
    try program("srun", "while [ \"${1#-}\" != \"$1\" ]; do shift; done\nexec \"$@\"\n")
    try program("scontrol", "echo 'MaxArraySize            = \(largest + 1)'\n")
    try program("squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2\nexit 1\n")
    // The first time, part 2 is lost.
    try program(
      "sbatch",
      """
      echo "$*" >>"$CALLS"
      job=$(grep -c . "$CALLS")
      while [ "${1#-}" != "$1" ]; do
        case $1 in --array=*) list=$(echo "${1#--array=}" | tr ',' ' ') ;; esac
        shift
      done
      case $list in *-*) list=$(seq -s ' ' "${list%-*}" "${list#*-}") ;; esac
      for task in $list; do
        [ "$job.$task" != 1.2 ] || continue
        SLURM_ARRAY_JOB_ID=$job SLURM_ARRAY_TASK_ID=$task sh "$@" >>"$CALLS.log" 2>&1
      done
      echo "$job"

      """)
    return bin
  }

  private func run(_ set: PhantomSet, _ arguments: String..., largest: Int = 1000) throws
    -> Calvaria.Outcome
  {
    let bin = try slurm(set.folder, largest: largest)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return try Calvaria.run(
      ["batch", set.path, "-o", set.out, "--pipeline", set.pipeline, "--slurm"] + arguments,
      environment: ["PATH": "\(bin):\(path)", "CALLS": set.folder.path + "/calls"])
  }

  @Test func whatIsLostIsSubmittedAgainAndAllIsMerged() throws {
    let set = try PhantomSet(count: 5)
    let outcome = try run(
      set, "--shards", "3", "--jobs", "1", "--slurm-option", "--account=skulls", "--memory", "2GB")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("5 cases done"), "\(outcome.output)")
    #expect(outcome.errors.contains("again 1 part that did not end"), "\(outcome.errors)")
    let calls = try String(contentsOfFile: set.folder.path + "/calls", encoding: .utf8)
      .split(separator: "\n")
    #expect(calls.count == 4)
    #expect(calls[0].contains("--array=1-3 --cpus-per-task=1 --mem=2164M --time="), "\(calls[0])")
    #expect(calls[0].contains(" --account=skulls ") && calls[0].hasSuffix("--memory 2GB --jobs 1"))
    #expect(calls[1].contains("--dependency=afterany:1 "))
    #expect(calls[2].contains("--array=2 "))
    let whole = set.folder.path + "/whole"
    #expect(try set.run(out: whole).status == 0)
    #expect(set.outputs() == set.outputs(in: whole))
    let shards = try #require(try set.folder.json("out/run.json")["shards"] as? [[String: Any]])
    #expect(shards.map { $0["job"] as? String } == ["1_1", "3_2", "1_3"])
  }

  @Test func aDryRunPrintsCommandsForAShell() throws {
    let set = try PhantomSet(count: 2)
    let outcome = try run(set, "--shards", "2", "--dry-run")
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n").suffix(3)
    #expect(lines.count == 3 && lines.first!.hasPrefix("mkdir -p "))
    #expect(outcome.output.contains("part.sbatch ") && outcome.output.contains("afterany:$job"))
    #expect(!FileManager.default.fileExists(atPath: set.out))
    // The shell takes them as they are.
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-n", "-c", lines.joined(separator: "\n")]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
  }

  @Test func whatCannotBeIsSaid() throws {
    let set = try PhantomSet(count: 2)
    let many = try run(set, "--shards", "20", largest: 10)
    #expect(many.status == 2 && many.errors.contains("at most 10"), "\(many.errors)")
    let none = try Calvaria.run(
      ["batch", set.path, "-o", set.out, "--slurm"], environment: ["PATH": "/nowhere"])
    #expect(none.status == 1 && none.errors.contains("Slurm's `sbatch`"), "\(none.errors)")
    for wrong in [["--plan"], ["--shard", "1/2"], ["--only", "left/000"], ["--trace", "t.json"]] {
      let outcome = try Calvaria.run(["batch", set.path, "-o", set.out, "--slurm"] + wrong)
      #expect(outcome.status == 2, "\(wrong): \(outcome.errors)")
    }
  }
}
