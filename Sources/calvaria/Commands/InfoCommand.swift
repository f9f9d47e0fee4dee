import ArgumentParser
import VolumeIO

/// `calvaria info FILE`.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Print what a volume file contains.",
    discussion: """
      Reads only the header, and checks that raw data have the size it states. --sha256 decodes all the \
      data, so it also finds damage there.

      EXAMPLES
        calvaria info skull.nrrd
        calvaria info skull.nii.gz --json --sha256
      """)

  @Argument(help: "An NRRD or NIfTI file.", completion: .file())
  var file: String

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(name: .customLong("sha256"), help: "Add the SHA-256 of the decoded voxels.")
  var wantsDigest = false

  @OptionGroup var reading: ReadingOptions

  func run() throws {
    let image = try ImageFile(opening: file, options: reading.options)
    let digest = wantsDigest ? try image.sha256() : nil
    for warning in image.warnings { StandardError.warn(warning, of: file) }
    print(json ? image.info.json(sha256: digest) : image.info.lines(sha256: digest))
  }
}
