public import ArgumentParser
public import Pipelines

/// `calvaria graph PIPELINE`.
struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Check a pipeline file and draw it.",
    discussion: """
      EXAMPLES
        calvaria graph pipelines/implant.yaml
        calvaria graph pipelines/implant.yaml --format svg > pipeline.svg
        calvaria graph pipelines/implant.yaml --format dot | dot -Tpdf > pipeline.pdf
      """)

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String

  @Option(help: "Output format: mermaid, dot or svg.")
  var format: GraphDrawing.Format = .mermaid

  func run() throws {
    print(
      GraphDrawing(try RunOptions.checked(pipeline)).text(as: format), terminator: "")
  }
}

extension GraphDrawing.Format: ExpressibleByArgument {}
