import ArgumentParser
import Pipelines
import Skulls

/// `calvaria implant CASE -o DIR`: the main job.
struct ImplantCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "implant",
    abstract: "Make the implant for one skull.",
    discussion: """
      Writes into DIR the missing bone as implant.nrrd (0/1, on the grid of CASE), the part to be made \
      from it as implant.stl, implant.3mf (LPS, mm) and part.nrrd, then preview.png and run.json. The \
      values decide what CASE is, and the program prints it: a CT, a mask or a label map. In a CT, voxels \
      of at least \(Int(BoneRule.standardThreshold)) HU are bone (--set threshold=…); in a mask, voxels other than 0. \
      --label picks one of several labels. A folder or zip archive of DICOM is converted with dcm2niix \
      where that is installed; its largest series is taken.

      EXAMPLES
        calvaria implant skull.nrrd -o out
        calvaria implant skull.nii.gz -o out --format nifti --set threshold=300
        calvaria implant labels.nrrd -o out --label 2 --pipeline pipelines/implant-mirror.yaml
        calvaria implant DICOM/ -o out
      """)

  @Argument(help: "A skull with a hole: NRRD, NIfTI or DICOM, CT or mask.", completion: .file())
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
