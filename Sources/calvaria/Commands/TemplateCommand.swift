import ArgumentParser
import Completion
import Errors
import Populations
import VolumeIO

/// `calvaria template CT -o FILE`.
struct TemplateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template",
    abstract: "Make the complete head that `complete: {model: shape}` lays onto others.",
    discussion: """
      Takes the bone of a CT of a whole head (or of a mask), fills a hole on one side from the other, and \
      closes air cells, as synth does. The file holds that bone as one bit for each cell of 0.957 mm, and \
      the notice.

      EXAMPLES
        calvaria template head.nii.gz -o head.shape.safetensors --notice "CT of …, licence …"
        calvaria implant defective.nrrd --pipeline pipelines/implant-shape.yaml -o out \
      --set model=head.shape.safetensors
      """)

  @Argument(help: "The CT or mask of a complete head.", completion: .file())
  var scan: String

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp(
      "The file to write; its name ends in \(ShapeFile.ending).", valueName: "file"),
    completion: .file())
  var output: String

  @Option(help: "Where the head comes from, and its licence; the file holds this text.")
  var notice = ""

  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    guard output.hasSuffix(ShapeFile.ending) else {
      throw ValidationError(
        "--output: expected a name that ends in \(ShapeFile.ending), found \"\(output)\"")
    }
  }

  func run() throws {
    let template = try ShapeTemplates.template(of: scan, reading: reading.options)
    try template.write(to: output, notice: notice)
    print(output)
  }
}
