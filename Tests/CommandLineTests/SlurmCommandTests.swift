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
    // What is prepared, once.
    try program(
      "squeue",
      """
      [ ! -s "$STATES" ] || { cat "$STATES"; : >"$STATES"; exit 0; }
      echo 'slurm_load_jobs error: Invalid job id specified' >&2
      exit 1

      """)
    // The first time, part 2 is lost; with DIE, all are.
    try program(
      "sbatch",
      """
      echo "$*" >>"$CALLS"
      job=$(grep -c . "$CALLS")
      while [ "${1#-}" != "$1" ]; do
        case $1 in
        --array=*) list=$(echo "${1#--array=}" | tr ',' ' ') ;;
        --output=*) output=${1#--output=} ;;
        esac
        shift
      done
      case $list in *-*) list=$(seq -s ' ' "${list%-*}" "${list#*-}") ;; esac
      for task in $list; do
        [ "$job.$task" != 1.2 ] || continue
        log=$(printf '%s' "$output" | sed "s/%%/@@/g; s/%A/$job/; s/%a/$task/; s/@@/%/g")
        [ -z "$DIE" ] || { echo "no such node" >"$log"; continue; }
        SLURM_ARRAY_JOB_ID=$job SLURM_ARRAY_TASK_ID=$task sh "$@" >>"$log" 2>&1
      done
      echo "$job"

      """)
    return bin
  }

  private func run(
    _ set: PhantomSet, _ arguments: String..., out: String? = nil, largest: Int = 1000,
    states: String = "", environment: [String: String] = [:]
  ) throws -> Calvaria.Outcome {
    let bin = try slurm(set.folder, largest: largest)
    _ = try set.folder.write(states, to: "states")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    // Behind two dashes nothing is an option, neither of the user nor of what is added for a part.
    return try Calvaria.run(
      ["batch", "-o", out ?? set.out, "--pipeline", set.pipeline, "--slurm"] + arguments
        + ["--", set.path],
      environment: [
        "PATH": "\(bin):\(path)", "CALLS": calls(set), "STATES": set.folder.path + "/states",
      ].merging(environment) { $1 })
  }

  /// The file of the calls of sbatch.
  private func calls(_ set: PhantomSet) -> String { set.folder.path + "/calls" }

  private func submissions(_ set: PhantomSet) throws -> [String] {
    try String(contentsOfFile: calls(set), encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test func whatIsLostIsSubmittedAgainAndAllIsMerged() throws {
    let set = try PhantomSet(count: 5)
    let outcome = try run(
      set, "--shards", "3", "--jobs", "1", "--slurm-option", "--account=skulls", "--memory", "2GB")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("5 cases done"), "\(outcome.output)")
    #expect(outcome.errors.contains("again 1 part that did not end"), "\(outcome.errors)")
    let calls = try submissions(set)
    #expect(calls.count == 4)
    #expect(calls[0].contains("--cpus-per-task=1 --mem=2164M --time="), "\(calls[0])")
    #expect(calls[0].contains(" --account=skulls --parsable --array=1-3 "), "\(calls[0])")
    #expect(calls[0].contains(" 3 batch --part-jobs 1 --part-memory 2000000000 -o "), "\(calls[0])")
    #expect(calls[1].contains("--dependency=afterany:1 ") && calls[1].hasSuffix(" \(set.out) 3"))
    #expect(calls[2].contains("--array=2 "))
    let whole = set.folder.path + "/whole"
    #expect(try set.run(out: whole).status == 0)
    #expect(set.outputs() == set.outputs(in: whole))
    let shards = try #require(try set.folder.json("out/run.json")["shards"] as? [[String: Any]])
    #expect(shards.map { $0["job"] as? String } == ["1_1", "3_2", "1_3"])
    #expect(FileManager.default.fileExists(atPath: set.out + "/.calvaria/slurm/1_1.log"))
  }

  @Test func whatIsAddedForAPartIsNotInTheAccounts() throws {
    let set = try PhantomSet(count: 2)
    try Data("no scan".utf8).write(to: URL(filePath: set.file("left/000")))
    // In a folder whose name has what Slurm takes for a pattern.
    let out = set.folder.path + "/50%A"
    let outcome = try run(set, "--shards", "1", out: out)
    #expect(outcome.status == 1, "\(outcome)")
    for name in ["run.json", "failures.json"] {
      let text = try String(contentsOfFile: "\(out)/\(name)", encoding: .utf8)
      #expect(text.contains("--pipeline") && !text.contains("--part-"), "\(text)")
    }
    #expect(FileManager.default.fileExists(atPath: out + "/.calvaria/slurm/1_1.log"))
  }

  @Test func whatHasNoChanceIsNotTriedAgain() throws {
    let set = try PhantomSet(count: 2)
    let outcome = try run(set, "--shards", "2", environment: ["DIE": "yes"])
    #expect(outcome.status == 1 && outcome.errors.contains("none that did"), "\(outcome.errors)")
    #expect(outcome.errors.contains("the last line of part 1: no such node"), "\(outcome.errors)")
    #expect(try submissions(set).count == 2)
  }

  @Test func aPartThatWasCancelledIsNotSubmittedAgain() throws {
    let set = try PhantomSet(count: 4)
    let outcome = try run(set, "--shards", "3", states: "1|COMPLETED|None\n2|CANCELLED|None\n")
    #expect(outcome.status == 1 && outcome.errors.contains("2 that were cancelled"), "\(outcome)")
    #expect(try submissions(set).count == 2)
  }

  @Test func whyTasksWaitIsSaidOnce() throws {
    let set = try PhantomSet(count: 2)
    let outcome = try run(
      set, "--shards", "1",
      states: "1|PENDING|JobHeldUser\n2|PENDING|JobHeldUser\n3|PENDING|Priority\n"
    )
    #expect(outcome.status == 0)
    let lines = outcome.errorLines.filter { $0.contains("as Slurm says") }
    #expect(lines.count == 1 && lines[0].contains("scontrol release 1"), "\(outcome.errors)")
    #expect(!outcome.errors.contains("Priority"))
  }

  @Test func optionsForSlurmArePassedOnOrRefused() throws {
    let set = try PhantomSet(count: 4)
    let options = ["--dependency=afterok:5", "--hold", "-b20:00", "--qos=low"].flatMap {
      ["--slurm-option", $0]
    }
    let outcome = try Calvaria.run(
      ["batch", set.path, "-o", set.out, "--slurm", "--dry-run", "--shards", "2"] + options)
    let lines = outcome.output.split(separator: "\n")
    #expect(outcome.status == 0 && lines.count == 3, "\(outcome)")
    #expect(lines[1].contains("--qos=low --dependency=afterok:5 --hold -b20:00 --parsable"))
    // The job that merges begins after the parts.
    #expect(lines[2].contains("--qos=low --parsable --dependency=afterany:$job --output"))
    #expect(!lines[2].contains("--hold") && !lines[2].contains("afterok"))
    for wrong in [
      "--array=1-2", "--arr=1", "-a1", "--clusters=other", "-Mother", "--wait", "-W", "--wrap=x",
      "--output=x", "-ox", "--chdir=/", "--test-only", "--parsable", "skulls", "--account", "--",
    ] {
      let outcome = try Calvaria.run(
        ["batch", set.path, "-o", set.out, "--slurm", "--dry-run", "--slurm-option=\(wrong)"])
      #expect(
        outcome.status == 2 && outcome.errors.contains("--slurm-option"), "\(wrong): \(outcome)")
    }
  }

  @Test(arguments: [
    ("2026-01-01T00:00:05", "", true), ("None", "", false), ("2026-01-01T00:00:01", "1", false),
    ("2026-01-01T00:00:05", "20", false),
  ])
  func onlyAPreemptedPartPutsItselfIntoTheQueue(time: String, restarts: String, isAgain: Bool)
    throws
  {
    let folder = TemporaryFolder()
    func program(_ name: String, _ text: String) throws {
      _ = try folder.write("#!/bin/sh\n" + text, to: name)
      chmod("\(folder.path)/\(name)", 0o755)
    }
    try program("srun", "exit 143\n")
    try program(
      "scontrol",
      """
      [ "$1" != requeue ] || echo "$2" >"\(folder.path)/again"
      echo "   StartTime=2026-01-01T00:00:03 EndTime=2026-01-02T00:00:03 Deadline=N/A"
      echo "   PreemptEligibleTime=2026-01-01T00:00:03 PreemptTime=\(time)"

      """)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      Calvaria.root + "/cluster/slurm/part.sbatch", "calvaria", "8", "batch", "set",
    ]
    process.environment = [
      "PATH": "\(folder.path):/usr/bin:/bin", "SLURM_ARRAY_JOB_ID": "12",
      "SLURM_ARRAY_TASK_ID": "3",
      "SLURM_RESTART_COUNT": restarts,
    ]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 143)
    let again = try? String(contentsOfFile: folder.path + "/again", encoding: .utf8)
    #expect(again == (isAgain ? "12_3\n" : nil))
  }

  @Test func aDryRunPrintsCommandsForAShell() throws {
    let set = try PhantomSet(count: 2)
    let outcome = try run(set, "--shards", "2", "--dry-run")
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 3 && lines.first!.hasPrefix("mkdir -p "))
    #expect(outcome.errors.contains(": SkullBreak"), "\(outcome.errors)")
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
