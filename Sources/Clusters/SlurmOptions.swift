import Errors

/// Options of `sbatch` that a user adds to those of a batch, such as `--account=skulls`.
struct SlurmOptions: Hashable, Sendable {
  /// For every job.
  private(set) var common: [String] = []
  /// Only for the first job of parts: when they may begin. Those that are submitted again have waited for it.
  private(set) var first: [String] = []

  /// Options that would break what follows the jobs, each with its short name and what to do.
  private static let refused: [(long: String, short: Character?, remedy: String)] = [
    ("array", "a", "say --shards"), ("cpus-per-task", "c", "say --jobs"),
    ("clusters", "M", "log in to that cluster: jobs of another are not followed"),
    ("wait", "W", "leave it out: the batch waits itself"),
    ("wrap", nil, "leave it out: the batch has its own script"),
    ("test-only", nil, "say --dry-run"),
    ("output", "o", "leave it out: what the jobs print is in OUT/.calvaria/slurm"),
    ("error", "e", "leave it out: what the jobs print is in OUT/.calvaria/slurm"),
    ("input", "i", "leave it out: the parts read nothing"),
    ("chdir", "D", "start the batch in that folder"),
    ("parsable", nil, "leave it out: the batch says it itself"),
    ("help", "h", "ask `sbatch --help`"), ("usage", nil, "ask `sbatch --usage`"),
    ("version", "V", "ask `sbatch --version`"),
    ("verbose", "v", "leave it out: the number of the job is looked for in what sbatch prints"),
  ]
  /// Options that only say when the parts may begin.
  private static let beginning = [("dependency", "d"), ("hold", "H"), ("begin", "b")]
  /// Options without a value. Any other would take the next word for its own.
  private static let flags = [
    "hold", "exclusive", "requeue", "no-requeue", "overcommit", "oversubscribe", "contiguous",
    "spread-job", "use-min-nodes", "reboot", "no-kill", "quiet", "get-user-env", "nice",
    "propagate", "H", "k", "O", "s", "Q",
  ]

  /// - Throws: ``Diagnostics`` with all options that cannot be passed on.
  init(_ options: [String]) throws(Diagnostics) {
    var faults: [Diagnostic] = []
    for option in options {
      if let (expected, remedy) = Self.fault(in: option) {
        faults.append(
          Diagnostic(
            .configuration, "--slurm-option", field: "option", expected: expected, found: option,
            remedy: remedy))
      } else if Self.beginning.contains(where: { Self.names(option, $0.0, Character($0.1)) }) {
        first.append(option)
      } else {
        common.append(option)
      }
    }
    guard faults.isEmpty else { throw Diagnostics(faults) }
  }

  private static func fault(in option: String) -> (expected: String, remedy: String)? {
    guard option.hasPrefix("-"), option.count > 1, option != "--" else {
      return ("an option of sbatch in one word", "write it as --account=skulls")
    }
    if let found = refused.first(where: { names(option, $0.long, $0.short) }) {
      return ("one that the batch does not need for itself", found.remedy)
    }
    let hasValue = option.hasPrefix("--") ? option.contains("=") : option.count > 2
    guard !hasValue, !flags.contains(String(option.drop { $0 == "-" })) else {
      return nil
    }
    return ("an option with its value in one word", "write it as \(option)=VALUE or -xVALUE")
  }

  /// Whether an option is the one of these names; a long one may be cut short, as sbatch takes it too.
  private static func names(_ option: String, _ long: String, _ short: Character?) -> Bool {
    if option.hasPrefix("--") {
      let name = option.dropFirst(2).prefix { $0 != "=" }
      return !name.isEmpty && long.hasPrefix(name)
    }
    return short != nil && option.dropFirst().first == short
  }
}
