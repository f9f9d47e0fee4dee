public import ArgumentParser
public import Meshes
import MeshIO
import MeshRuns

/// `calvaria mesh MASK -o FILE`.
struct MeshCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mesh",
    abstract: "Make the surface of a mask, or of the bone of a CT.",
    discussion: """
      The surface is in mm, and closed, even if the mask ends at the border of its grid. Smoothing moves \
      no vertex by more than half a voxel, and keeps the volume. The file names its space.

      --triangles reduces the number of triangles, as long as the surface moves by no more than \
      --tolerance. This is measured, and the result is checked: it is closed, has the same tunnels and \
      parts, and does not cross itself.

      --surface dual takes the dual of marching cubes: a vertex in each cube of eight voxels that the \
      surface crosses. Like the default, it is closed and manifold for every mask.

      EXAMPLES
        calvaria mesh implant.nrrd -o implant.3mf
        calvaria mesh implant.nrrd -o implant.stl --triangles 20000 --tolerance 0.1
        calvaria mesh skull.nii.gz -o skull.stl --threshold 300 --space RAS
        calvaria mesh implant.nrrd -o implant.stl --picture smoothing.png
      """)

  @Argument(help: "A mask, or a CT: NRRD or NIfTI.", completion: .file())
  var mask: String

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The mesh to write: .stl, .3mf, .ply or .obj.", valueName: "file"),
    completion: .file())
  var output: String

  @Option(help: "Rounds of smoothing, 0 to 200; 0 keeps the steps of the voxels.")
  var smoothing = 20

  @Option(
    help: ArgumentHelp(
      "cubes; or dual, which gives more even triangles.", valueName: "family"))
  var surface: SurfaceFamily = .cubes

  @Option(help: ArgumentHelp("The most triangles (default: all).", valueName: "count"))
  var triangles: Int?

  @Option(
    help: ArgumentHelp(
      "With --triangles: how far the surface may move, in mm.", valueName: "mm"))
  var tolerance = 0.1

  @Option(help: .hidden)
  var deviation: Double?

  @Option(
    help: ArgumentHelp(
      "A picture to draw, .png: the surface of the voxels, that of the file, and how far it moved.",
      valueName: "file"),
    completion: .file(extensions: ["png"]))
  var picture: String?

  @Option(help: "The space of the coordinates.")
  var space: MeshSpace = .lps

  @Flag(help: "Write STL or PLY as text.")
  var ascii = false

  @OptionGroup var bone: BoneOptions

  @OptionGroup var cores: CoresOption

  @OptionGroup var quiet: QuietOption

  @OptionGroup var reading: SegmentReadingOptions

  func validate() throws {
    guard MeshFile.isMesh(output) else {
      let endings = MeshFormats.standard.endings.joined(separator: ", ")
      throw ValidationError("--output: expected a name ending in \(endings), found \(output)")
    }
    guard (0...200).contains(smoothing) else {
      throw ValidationError("--smoothing: expected 0 to 200, found \(smoothing)")
    }
    if let triangles, triangles < 4 {
      throw ValidationError("--triangles: expected 4 or more, found \(triangles)")
    }
    if let picture, !picture.hasSuffix(".png") {
      throw ValidationError("--picture: expected a name ending in .png, found \(picture)")
    }
    guard tolerance > 0, tolerance <= 100 else {
      throw ValidationError(
        "--tolerance: expected more than 0 and at most 100 mm, found \(tolerance)")
    }
    if deviation != nil { throw ValidationError("--deviation: is now called --tolerance") }
  }

  func run() throws {
    var run = SurfaceRun(mask: mask)
    (run.label, run.threshold, run.smoothing) = (bone.label, bone.threshold, smoothing)
    (run.triangles, run.tolerance, run.family) = (triangles, tolerance, surface)
    run.picture = picture
    run.writing = MeshWriteOptions(space: space.space, form: ascii ? .ascii : .binary)
    let progress = Progress(cases: 1, level: quiet.level)
    run.began = progress.begin
    defer { progress.close() }
    let (line, warnings) = try run.run(
      to: output, reading: reading.options, threads: cores.cores)
    progress.close()
    for warning in warnings where !quiet.isOn { StandardError.warn(warning, of: mask) }
    print(line)
  }
}

extension SurfaceFamily: ExpressibleByArgument {}
