import ArgumentParser

/// `calvaria run PIPELINE CASE… -o DIR`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a pipeline file on cases.",
    discussion: """
      The outputs of one case go into DIR, those of several into DIR/<case>. DIR/run.json records the \
      run. A failing case does not affect the others.

      EXAMPLES
        calvaria run pipelines/implant-mirror.yaml skull.nrrd -o out
        calvaria run pipelines/implant-mirror.yaml cases/*.nrrd -o out --jobs 2 --memory 2GB
      """)

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String

  @Argument(help: "Skulls: NRRD or NIfTI, CT or mask.", completion: .file())
  var cases: [String]

  @OptionGroup var options: RunOptions

  func run() throws { try options.run(pipeline: pipeline, cases: cases) }
}
