import ArgumentParser

/// The command line: `calvaria SUBCOMMAND …`.
struct Calvaria: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calvaria",
    abstract: "Turns a skull scan with a hole into an implant that can be printed.",
    discussion: """
      EXAMPLES
        calvaria implant skull.nrrd -o out          implant, surface, picture and account of one case
        calvaria run pipelines/implant-mirror.yaml cases/*.nrrd -o out
        calvaria batch SkullBreak -o out            a data set: implants, scores, what failed
        calvaria synth -o population --count 100 --seed 1   synthetic skulls with defects
        calvaria train training/shipped.yaml -o out/shipped  the model that completes skulls
        calvaria latent encode model.safetensors population -o latents
        calvaria evaluate out/implant.nrrd truth.nrrd --json  the scores of a prediction
        calvaria info skull.nii.gz --json           what a file's header says
        calvaria convert skull.nrrd skull.nii.gz    NRRD to NIfTI, geometry kept
        calvaria graph pipelines/implant.yaml --format svg > pipeline.svg

      EXIT CODES
        0 all well, 1 a file is missing or bad or a case failed, 2 wrong usage or pipeline,
        130 interrupted, 143 terminated.
      """,
    version: Version.text,
    subcommands: [
      ImplantCommand.self, RunCommand.self, BatchCommand.self, VerifyCommand.self,
      SynthCommand.self, TrainCommand.self, EvaluateCommand.self, InfoCommand.self,
      ConvertCommand.self, LatentCommand.self, GraphCommand.self,
    ])
}

@main
enum Program {
  static func main() {
    StandardStreams.openClosed()
    Interrupts.begin()
    do {
      var command = try Calvaria.parseAsRoot()
      try command.run()
    } catch {
      Failure.end(with: error)
    }
    Failure.endWell()
  }
}
