import Accounts
import ArgumentParser

/// The command line: `calvaria SUBCOMMAND …`.
struct Calvaria: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calvaria",
    abstract: "Turn a skull scan with a hole into a printable implant.",
    discussion: """
      EXAMPLES
        calvaria implant skull.nrrd -o out          implant, mesh, picture and record of one case
        calvaria run pipelines/implant-mirror.yaml cases/*.nrrd -o out
        calvaria batch SkullBreak -o out            a data set: implants, scores and failures
        calvaria merge out                          the accounts of a batch in parts
        calvaria synth -o population --count 100 --seed 1   synthetic skulls with defects
        calvaria train training/shipped.yaml -o out/shipped  a model that completes skulls
        calvaria latent encode model.safetensors population -o latents
        calvaria evaluate out/implant.nrrd truth.nrrd --json  scores of a predicted implant
        calvaria info skull.nii.gz --json           what a file's header contains
        calvaria convert skull.nrrd skull.nii.gz    NRRD to NIfTI with the same geometry
        calvaria check out/implant.stl --against skull.nrrd  whether the part can be made and fits
        calvaria mesh implant.nrrd -o implant.3mf   the surface of a mask
        calvaria voxelize edited.stl --like skull.nrrd -o edited.nrrd  and back
        calvaria compare before.nrrd after.nrrd -o out  where bone was lost or gained
        calvaria report out                         a page of a run that has ended
        calvaria graph pipelines/implant.yaml --format svg > pipeline.svg
        calvaria stages design                      what a stage takes, makes and is set by
        calvaria doctor                             whether this installation is whole

      EXIT CODES
        0 success, 1 a file is missing or bad or a case failed, 2 wrong usage or pipeline,
        130 interrupted (Ctrl-C), 143 terminated.
      """,
    version: Version.text,
    subcommands: [
      ImplantCommand.self, RunCommand.self, BatchCommand.self, MergeCommand.self,
      VerifyCommand.self,
      SynthCommand.self, TemplateCommand.self, TrainCommand.self,
      EvaluateCommand.self, CheckCommand.self, MeshCommand.self, VoxelizeCommand.self,
      CompareCommand.self, ReportCommand.self, FiguresCommand.self,
      InfoCommand.self, ConvertCommand.self, LatentCommand.self, GraphCommand.self,
      StagesCommand.self, ModelsCommand.self, LayoutsCommand.self, DoctorCommand.self,
    ])
}

@main
enum Program {
  static func main() {
    StandardStreams.openClosed()
    // Before the first thread.
    _ = HostResources.addressSpaceLimit
    Interrupts.begin()
    do {
      let arguments = MergeCommand.rewritten(Array(CommandLine.arguments.dropFirst()))
      if let unknown = UnknownCommand.first(in: arguments, of: Calvaria.configuration) {
        throw unknown
      }
      var command = try Calvaria.parseAsRoot(arguments)
      try command.run()
    } catch {
      Failure.end(with: error, of: Calvaria.self)
    }
    Failure.endWell()
  }
}
