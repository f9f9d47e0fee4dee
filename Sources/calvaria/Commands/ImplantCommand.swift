import ArgumentParser
import Pipelines
import Skulls

/// `calvaria implant CASE -o DIR`: the main job.
struct ImplantCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "implant",
    abstract: "Make the implant for one skull.",
    discussion: """
      Writes implant.nrrd (0/1, on the grid of CASE), its surface as implant.stl and implant.3mf (LPS, \
      mm), preview.png and run.json into DIR. In a CT, voxels of at least \(Int(BoneRule.standardThreshold)) HU are bone \
      (--set threshold=…). A file with at most two distinct values is a mask: its nonzero voxels are bone. \
      --label picks one of several labels.

      EXAMPLES
        calvaria implant skull.nrrd -o out
        calvaria implant skull.nii.gz -o out --format nifti --set threshold=300
        calvaria implant labels.nrrd -o out --label 2 --pipeline pipelines/implant-mirror.yaml
      """)

  @Argument(help: "A skull with a hole: NRRD or NIfTI, CT or mask.", completion: .file())
  var `case`: String

  @Option(
    help: ArgumentHelp(
      "The pipeline file (default: implant.yaml beside the program).",
      valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String?

  @OptionGroup var options: RunOptions

  func run() throws {
    try options.run(
      pipeline: try pipeline ?? PipelineLibrary.path(of: "implant.yaml"), cases: [`case`])
  }
}
