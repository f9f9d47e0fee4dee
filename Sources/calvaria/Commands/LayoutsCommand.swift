import ArgumentParser
import Reference

/// `calvaria layouts [NAME]`.
struct LayoutsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layouts",
    abstract: "List the layouts of data sets that batch recognises, or describe one.",
    discussion: """
      EXAMPLES
        calvaria layouts
        calvaria layouts skullbreak
      """)

  @OptionGroup var options: ReferenceOptions

  func run() throws { try options.print(LayoutReference.list) }
}
