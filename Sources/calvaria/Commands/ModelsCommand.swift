import ArgumentParser
import Reference

/// `calvaria models [NAME]`.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the models that can complete a skull, or describe one.",
    discussion: """
      EXAMPLES
        calvaria models
        calvaria models auto
      """)

  @OptionGroup var options: ReferenceOptions

  func run() throws { try options.print(ModelReference.list()) }
}
