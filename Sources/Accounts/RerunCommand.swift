import Foundation

/// Command lines that are made of that of a batch.
package enum RerunCommand {
  /// The one that runs one case alone, quoted for a shell: without the options that select cases or control what is printed.
  package static func text(_ command: [String], case name: String) -> String {
    var words = ["calvaria"]
    words += without(
      ["--only", "--shard", "--trace"] + limits,
      ["--retry-failed", "--fail-fast", "--explain", "--dry-run", "--rehash"], command)
    let only = name.hasPrefix("-") ? ["--only=\(name)"] : ["--only", name]
    words.insert(contentsOf: only, at: words.firstIndex(of: "--") ?? words.endIndex)
    return words.map(quoted).joined(separator: " ")
  }

  /// The one of the process that does all cases, of one that does a part of them.
  package static func whole(_ command: [String]) -> [String] {
    without(["--shard"] + limits, [], command)
  }

  /// What a process that does a part for a cluster is told to use.
  private static let limits = ["--part-jobs", "--part-memory"]

  /// The one of a process that does a part, without its number, of one that gives the parts to a cluster.
  package static func part(_ command: [String]) -> [String] {
    without(["--shards", "--slurm-option"], ["--slurm", "--dry-run", "--json"], command)
  }

  /// A command line without options that take a value, and without flags.
  private static func without(_ valued: [String], _ flags: [String], _ command: [String])
    -> [String]
  {
    var words: [String] = []
    var skips = false
    // After two dashes, nothing is an option.
    let end = command.firstIndex(of: "--") ?? command.endIndex
    for word in command[..<end] {
      if skips {
        skips = false
      } else if valued.contains(word) {
        skips = true
      } else if !flags.contains(word), !valued.contains(where: { word.hasPrefix($0 + "=") }) {
        words.append(word)
      }
    }
    return words + command[end...]
  }

  /// A word, quoted for a shell if needed.
  package static func quoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "-_./=,:+%@".unicodeScalars.contains($0)
    }
    if plain, !word.isEmpty { return word }
    return "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
