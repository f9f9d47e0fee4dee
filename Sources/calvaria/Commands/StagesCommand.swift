import ArgumentParser
import Reference

/// `calvaria stages [NAME]`.
struct StagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages",
    abstract: "List the stages that pipeline files can use, or describe one.",
    discussion: """
      EXAMPLES
        calvaria stages
        calvaria stages design
      """)

  @OptionGroup var options: ReferenceOptions

  func run() throws { try options.print(StageReference.list()) }
}
