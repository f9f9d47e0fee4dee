import ArgumentParser
import Implants

import MeshRuns
import Stages

/// `calvaria check MESH`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check whether a part can be made, and how it fits the bone.",
    discussion: """
      Prints figures with their limits; the exit code is 1 if a figure is outside its limit. The surface \
      must be watertight and manifold, with all triangles facing outward, none of them degenerate or \
      duplicate, and none crossing another (tested exactly). Shells, cavities, tunnels, volume, area and \
      extent are counted and measured. The thickness is measured by rays straight inward, from points \
      spread evenly over the surface; 99 % of the surface is thicker than `wall`.

      --against SKULL (a mask or a CT) adds how much bone lies in the part, and the gap between the part \
      and the surface of the bone, which lies half-way between voxels; inside bone the gap is below 0. \
      The part is also moved out along its way (slideLeast), with the same figure as in the pipeline's gate if \
      the way is the same; a 3MF of a pipeline tells its ways. \
      --profile adds the printer's limits for walls, plate and cavities \
      (\(PrinterFile.names.joined(separator: ", ")), or a file like printers/sls.yaml).

      EXAMPLES
        calvaria check out/implant.stl
        calvaria check out/implant.3mf --against skull.nrrd --profile sla-0.05 --json
        calvaria check out/implant.3mf --against skull.nrrd --picture out/part.png
      """)

  @Argument(help: "A mesh: STL, 3MF, PLY or OBJ.", completion: .file())
  var mesh: String

  @Option(
    help: ArgumentHelp("The skull that the part is put into: a mask or a CT.", valueName: "skull"),
    completion: .file())
  var against: String?

  @Option(
    help: ArgumentHelp("A printer's name, or its file.", valueName: "printer"),
    completion: .file(extensions: ["yaml", "yml"]))
  var profile: String?

  @Option(help: ArgumentHelp("The thinnest wall in mm (default: the printer's).", valueName: "mm"))
  var wall: Double?

  @Option(help: ArgumentHelp("The gap to the bone that was designed, in mm.", valueName: "mm"))
  var clearance = 0.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The way out in LPS, of several parts with ; between them (default: as a 3MF tells, or found).",
      valueName: "x,y,z"))
  var way: Ways?

  @Option(help: ArgumentHelp("The most tunnels through the part, or any.", valueName: "count"))
  var tunnels = TunnelLimit(count: 0)

  @Option(
    help: ArgumentHelp(
      "With --against: a picture to draw, .png: the part in place and moved out, its thickness, the gap.",
      valueName: "file"), completion: .file(extensions: ["png"]))
  var picture: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "The space of the mesh, if its file does not say it or is wrong.", valueName: "space"))
  var assumeSpace: MeshSpace?

  @OptionGroup var bone: BoneOptions

  @OptionGroup var cores: CoresOption

  @OptionGroup var quiet: QuietOption

  @OptionGroup var reading: SegmentReadingOptions

  /// A number, or `any`.
  struct TunnelLimit: ExpressibleByArgument {
    var count: Int?

    init(count: Int?) { self.count = count }
    init?(argument: String) {
      if argument == "any" { return }
      guard let count = Int(argument), count >= 0 else { return nil }
      self.count = count
    }
    var defaultValueDescription: String { count.map(String.init) ?? "any" }
  }

  /// Directions: `0,0,1` or `0,0,1;0,1,0`.
  struct Ways: ExpressibleByArgument {
    /// Of length 1.
    var ways: [SIMD3<Double>] = []

    init?(argument: String) {
      for text in argument.split(separator: ";", omittingEmptySubsequences: false) {
        let numbers = text.split(separator: ",").map { Double($0) ?? .nan }
        guard numbers.count == 3 else { return nil }
        let way = SIMD3(numbers[0], numbers[1], numbers[2])
        let length = (way * way).sum().squareRoot()
        guard length > 1e-9, length.isFinite else { return nil }
        ways.append(way / length)
      }
    }
  }

  func validate() throws {
    if let wall, !(wall > 0 && wall <= 100) {
      throw ValidationError("--wall: expected more than 0 and at most 100 mm, found \(wall)")
    }
    if let picture {
      guard against != nil else {
        throw ValidationError("--picture: expected --against SKULL with it, found none")
      }
      guard picture.hasSuffix(".png") else {
        throw ValidationError("--picture: expected a name ending in .png, found \(picture)")
      }
    }
    guard clearance >= 0, clearance <= 100 else {
      throw ValidationError("--clearance: expected 0 to 100 mm, found \(clearance)")
    }
  }

  func run() throws {
    let printer = try profile.map { name in
      try WrongUse.ofConfiguration { try PrinterFile.profile(name) }
    }
    var run = GateRun(
      mesh: mesh, skull: against,
      gate: Gate(printer: printer, wall: wall, clearance: clearance, tunnels: tunnels.count))
    run.gate.ways = way?.ways ?? []
    (run.label, run.threshold) = (bone.label, bone.threshold)
    (run.assumedSpace, run.picture) = (assumeSpace?.space, picture)
    let progress = Progress(cases: 1, level: quiet.level)
    run.began = progress.begin
    defer { progress.close() }
    let account = try run.run(reading: reading.options, threads: cores.cores)
    progress.close()
    for warning in account.warnings where !quiet.isOn { StandardError.warn(warning, of: mesh) }
    if json {
      print(try account.json())
    } else {
      for line in account.lines { print(line) }
    }
    if !account.report.passes { throw Ending.failure }
  }
}
