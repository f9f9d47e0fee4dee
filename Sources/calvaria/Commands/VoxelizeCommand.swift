import ArgumentParser
import MeshRuns
import VolumeIO

/// `calvaria voxelize MESH --like VOLUME -o MASK`.
struct VoxelizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "voxelize",
    abstract: "Make the mask of the voxels in a mesh, on the grid of a volume.",
    discussion: """
      A voxel is in the mask if its centre lies inside the closed surface. So a part that was edited by \
      hand can be scored and checked. Parts that overlap are joined. The surface of a mask, made with \
      `calvaria mesh --smoothing 0`, gives the same mask again.

      EXAMPLES
        calvaria voxelize edited.stl --like skull.nrrd -o edited.nrrd
        calvaria voxelize edited.3mf --like skull.nii.gz -o edited.nii.gz --assume-space RAS
      """)

  @Argument(help: "A mesh: STL, 3MF, PLY or OBJ.", completion: .file())
  var mesh: String

  @Option(
    help: ArgumentHelp("The volume whose grid the mask gets.", valueName: "volume"),
    completion: .file())
  var like: String

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The mask to write: NRRD or NIfTI.", valueName: "file"),
    completion: .file())
  var output: String

  @Option(
    help: ArgumentHelp(
      "The space of the mesh, if its file does not say it or is wrong.", valueName: "space"))
  var assumeSpace: MeshSpace?

  @OptionGroup var cores: CoresOption

  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    let endings = VolumeFormats.standard.writtenEndings
    guard endings.contains(where: output.lowercased().hasSuffix) else {
      throw ValidationError(
        "--output: expected a name ending in \(endings.joined(separator: ", ")), found \(output)")
    }
  }

  func run() throws {
    var run = VoxelizeRun(mesh: mesh, like: like)
    run.assumedSpace = assumeSpace?.space
    let (line, warnings) = try run.run(
      to: output, reading: reading.options, threads: cores.cores)
    for warning in warnings { StandardError.warn(warning, of: mesh) }
    print(line)
  }
}
