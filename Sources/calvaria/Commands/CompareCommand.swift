import ArgumentParser
import Comparisons

/// `calvaria compare A B`.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two scans of one patient: where bone was lost or gained.",
    discussion: """
      A rotation and a shift lay the second scan onto the first, by the bone that both have: vault, base \
      and upper face, without the jaw. Then the distance between both surfaces is measured in mm: below 0 \
      where bone was lost (resorption, a flap that has sunk), above 0 where it was gained. Scans of \
      different heads are an error.

      With --output it writes \(CompareRun.map), the change at the surface voxels of the first scan, \
      \(CompareRun.picture), and \(CompareRun.account), the figures.

      EXAMPLES
        calvaria compare before.nrrd after.nii.gz -o out/change
        calvaria compare before.nrrd after.nrrd --json
      """)

  @Argument(help: "The first scan: a mask or a CT.", completion: .file())
  var first: String

  @Argument(help: "The second scan.", completion: .file())
  var second: String

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The folder for map, picture and figures.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var bone: BoneOptions

  @OptionGroup var cores: CoresOption

  @OptionGroup var quiet: QuietOption

  @OptionGroup var reading: SegmentReadingOptions

  func run() throws {
    var run = CompareRun(first: first, second: second)
    (run.label, run.threshold, run.folder) = (bone.label, bone.threshold, output)
    let progress = Progress(cases: 1, level: quiet.level)
    run.began = progress.begin
    defer { progress.close() }
    let account = try run.run(reading: reading.options, threads: cores.cores)
    progress.close()
    for warning in account.warnings where !quiet.isOn {
      StandardError.warn(warning, of: warning.hasPrefix(second) ? second : first)
    }
    if json {
      print(try account.json())
    } else {
      for line in account.lines { print(line) }
    }
  }
}
