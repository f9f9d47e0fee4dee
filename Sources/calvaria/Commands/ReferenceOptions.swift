import ArgumentParser
import Reference

/// What `stages`, `models` and `layouts` have in common.
struct ReferenceOptions: ParsableArguments {
  @Argument(help: "Describe this one (default: list all).")
  var name: String?

  @Flag(help: "Print JSON: an array of all, or one object.")
  var json = false

  /// Prints the list, or the entry that was named.
  func print(_ list: ReferenceList<some ReferenceEntry>) throws {
    guard let name else {
      Swift.print(json ? try list.json() : list.lines.joined(separator: "\n"))
      return
    }
    let entry = try list.entry(named: name)
    Swift.print(json ? try entry.json() : entry.lines.joined(separator: "\n"))
  }
}
