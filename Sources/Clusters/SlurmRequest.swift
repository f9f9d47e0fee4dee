public import Batches
public import Errors
import Files

/// What is asked of Slurm for a batch: an array of jobs, one for each part, and a job after them that merges the accounts.
public struct SlurmRequest: Hashable, Sendable {
  /// The output folder of the batch.
  public var folder: String
  /// The command line of one part, from `batch` on, without its number.
  public var arguments: [String]
  /// The file of the program, which must be the same on all nodes.
  public var program: String
  /// The folder of `part.sbatch` and `merge.sbatch`.
  public var scripts: String
  /// Into how many parts the cases are divided, each a task of the array.
  public var parts: Int
  /// Cores that are asked for a part, and its `--jobs`.
  public var cores: Int
  /// Memory of a part, in MiB.
  public var megabytes: Int
  /// How long a part may take, in minutes.
  public var minutes: Int
  /// What the user adds.
  private let options: SlurmOptions

  /// A request by a plan.
  ///
  /// A part may take twice what is expected and ten minutes more. Its memory is what its largest case needs, a quarter more,
  /// and 256 MiB for the program itself.
  ///
  /// - Parameters:
  ///   - plan: in so many parts as are asked for.
  ///   - cores: of a part.
  ///   - memory: the limit of the batch in bytes, if there is one.
  ///   - options: further ones of `sbatch`, such as `--account=skulls`.
  /// - Throws: ``Diagnostics`` for options that cannot be passed on.
  public init(
    _ plan: BatchPlan, folder: String, arguments: [String], program: String, scripts: String,
    cores: Int, memory: Int?, options: [String]
  ) throws(Diagnostics) {
    (self.folder, self.arguments, self.program) = (folder, arguments, program)
    (self.scripts, self.cores) = (scripts, cores)
    self.options = try SlurmOptions(options)
    parts = plan.shards.count
    let seconds = plan.shards.map(\.seconds).max() ?? 0
    let peak = plan.shards.map(\.peakBytes).max() ?? 0
    // Expectations are for two cores; fewer take longer.
    minutes = 10 + Int((2 * seconds * max(1, 2 / Double(cores)) / 60).rounded(.up))
    let limit = memory ?? peak + peak / 4
    megabytes = 256 + (limit + (1 << 20) - 1) >> 20
    // Behind the name of the command: what follows two dashes is no option. No account shows these limits as the user's.
    self.arguments.insert(
      contentsOf: ["--part-jobs", "\(cores)", "--part-memory", "\(max(limit, 64 << 20))"], at: 1)
  }

  /// The folder of the scripts that come with the program.
  ///
  /// - Throws: `Diagnostic` where there are none.
  public static func scriptsOfProgram() throws(Diagnostic) -> String {
    let name = "cluster/slurm/part.sbatch"
    guard let script = ProgramFiles.own(name) else {
      throw Diagnostic(
        .unreadable, name, field: "file", expected: "the scripts for Slurm beside the program",
        found: "none", remedy: "install the program again, with its files")
    }
    return String(script[..<script.lastIndex(of: "/")!])
  }

  /// The arguments of `sbatch` for some parts: all, or those that are left.
  ///
  /// - Parameter again: whether they were submitted before.
  public func submission(of parts: [Int], again: Bool = false) -> [String] {
    [
      "--job-name=calvaria", "--cpus-per-task=\(cores)", "--mem=\(megabytes)M", "--time=\(minutes)",
    ] + options.common + (again ? [] : options.first) + [
      "--parsable", "--array=\(Self.list(parts))", "--output=\(Self.pattern(logs))/%A_%a.log",
      "\(scripts)/part.sbatch", program, "\(self.parts)",
    ] + arguments
  }

  /// The arguments of `sbatch` for the job that merges, after an array of jobs.
  public func merging(after job: String) -> [String] {
    ["--job-name=calvaria-merge", "--cpus-per-task=1", "--mem=1024M", "--time=30"]
      + options.common + [
        "--parsable", "--dependency=afterany:\(job)",
        "--output=\(Self.pattern(logs))/%j-merge.log", "\(scripts)/merge.sbatch", program, folder,
        "\(parts)",
      ]
  }

  /// A path in a pattern of `sbatch`.
  private static func pattern(_ path: String) -> String { path.replacing("%", with: "%%") }

  /// The file of what the task of a job prints that does a part.
  func log(of part: Int, in job: String) -> String { "\(logs)/\(job)_\(part).log" }

  /// The folder of what the jobs print.
  public var logs: String { "\(folder)/.calvaria/slurm" }

  /// `1-8`, or `2,5-7`.
  static func list(_ numbers: [Int]) -> String {
    var runs: [(first: Int, last: Int)] = []
    for number in numbers.sorted() {
      if let last = runs.last?.last, number == last + 1 {
        runs[runs.count - 1].last = number
      } else {
        runs.append((number, number))
      }
    }
    return runs.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)" }
      .joined(separator: ",")
  }
}
