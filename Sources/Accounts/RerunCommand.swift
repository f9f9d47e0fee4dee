import Foundation

/// The command line that runs one case of a batch alone.
package enum RerunCommand {
  /// Options that select cases or control what is printed; those of the first list take a value.
  private static let valued = ["--only", "--shard", "--trace"]
  private static let flags = [
    "--retry-failed", "--fail-fast", "--explain", "--dry-run", "--rehash",
  ]

  package static func text(_ command: [String], case name: String) -> String {
    var words = ["calvaria"]
    var skips = false
    for word in command {
      if skips {
        skips = false
      } else if valued.contains(word) {
        skips = true
      } else if !flags.contains(word), !valued.contains(where: { word.hasPrefix($0 + "=") }) {
        words.append(word)
      }
    }
    let only = name.hasPrefix("-") ? ["--only=\(name)"] : ["--only", name]
    // After two dashes, nothing is an option.
    words.insert(contentsOf: only, at: words.firstIndex(of: "--") ?? words.endIndex)
    return words.map(quoted).joined(separator: " ")
  }

  /// A word, quoted for a shell if needed.
  private static func quoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "-_./=,:+%@".unicodeScalars.contains($0)
    }
    if plain, !word.isEmpty { return word }
    return "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
