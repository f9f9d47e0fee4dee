import Concurrency
import Errors
import Populations
import ArgumentParser
import Files
import SyntheticSkulls
import Dataflow
import Volumes

/// `calvaria synth -o DIR --count N --seed S`.
struct SynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth",
    abstract: "Make a population of synthetic skulls with defects.",
    discussion: """
      Writes complete_skull/NNN.nrrd and, for each kind of defect, defective_skull/<kind>/NNN.nrrd and \
      implant/<kind>/NNN.nrrd (uint8 0/1; the implant is exactly the complete skull minus the defective \
      one), then population.json. The same seed, template and size give the same files whatever \
      --jobs is. The skulls are variations of one CT: the sample CT, or --template. With --randomize, \
      heads and scans differ as much as real ones do: in size, thickness, asymmetry, sutures, how the \
      head lies, what is cut off, and slices of 0.4 to 5 mm. A kind of hole is left out if the scan \
      lacks the bone for it.

      EXAMPLES
        calvaria synth -o population --count 100 --seed 1
        calvaria synth -o population --count 100 --seed 1 --size 128x128x64 --kinds prism,facial
        calvaria synth -o population --count 5 --seed 1 --size native --template head.nii.gz
        calvaria synth -o strays --count 5 --seed 1 --randomize
      """)

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp(
      "The output folder; created if missing.", valueName: "dir"),
    completion: .directory)
  var output: String

  @Option(help: "Number of skulls, 1 to 100000.")
  var count: Int

  @Option(help: "Seed of the random numbers, 0 to 2⁶⁴ − 1.")
  var seed: UInt64

  @Option(
    help: "Voxels along x, y, z; or native: the resolution of the template (default: 64x64x32).")
  var size: String?

  @Flag(help: "Make heads and scans that differ as much as real ones, each on a grid of its own.")
  var randomize = false

  @Option(
    help: ArgumentHelp(
      "Kinds of defects, separated by commas (default: all): "
        + Defect.Kind.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "kinds"))
  var kinds: String?

  @Option(
    help: ArgumentHelp(
      "The CT or mask of a complete head to vary; or analytic, a skull that formulas describe (default: the sample CT).",
      valueName: "file"), completion: .file())
  var template: String?

  @Option(
    name: [.short, .long],
    help: "Number of cores to use (default: those available to this process).")
  var jobs: Int?

  @OptionGroup var quiet: QuietOption

  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output: expected a folder, found nothing") }
    guard PopulationRun.counts.contains(count) else {
      throw ValidationError("--count: expected 1 to 100000, found \(count)")
    }
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs: expected 1 to 1024, found \(jobs)")
    }
    if randomize, size != nil {
      throw ValidationError("--size: not with --randomize, where each scan has a grid of its own")
    }
    _ = try chosenKinds()
    _ = try chosenSize()
  }

  func run() throws {
    var request = PopulationRun.Request(
      folder: output, count: count, seed: seed, size: try chosenSize(), kinds: try chosenKinds(),
      template: try template ?? SampleData.cranium())
    request.reading = reading.options
    request.isRandomized = randomize
    if let jobs { request.jobs = jobs }
    let run = try PopulationRun(request)
    if !quiet.isOn {
      for warning in run.warnings {
        StandardError.writeLine("calvaria: warning: " + StandardError.line(warning))
      }
    }

    let progress = Progress(cases: count, level: quiet.level)
    let token = CancellationToken()
    Interrupts.onFirst {
      StandardError.writeLine(Interrupts.notice(waitingFor: "the running cases"))
      token.cancel()
    }
    let defects = try run.run(until: token) { progress.finished($0) }
    Interrupts.onFirst(nil)
    progress.close()
    guard let defects else { throw Interrupts.ending ?? .failure }
    print("\(counted(count, "skull")), \(counted(defects, "defect"))")
    print("\(output)/population.json")
  }

  /// The requested kinds, each once.
  private func chosenKinds() throws -> [Defect.Kind] {
    guard let kinds else { return Defect.Kind.allCases }
    var chosen: [Defect.Kind] = []
    for name in kinds.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      guard let kind = Defect.Kind(rawValue: name) else {
        let known = Defect.Kind.allCases.map(\.rawValue)
        let near = nearestName(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
        throw ValidationError(
          "--kinds: expected some of \(known.joined(separator: ", ")), found \"\(name)\"\(near)")
      }
      if chosen.contains(kind) {
        throw ValidationError("--kinds: expected each kind once, found \(name) twice")
      }
      chosen.append(kind)
    }
    return chosen
  }

  /// The requested size; nil: native.
  private func chosenSize() throws -> GridSize? {
    if randomize || size == "native" { return nil }
    let size = size ?? "64x64x32"
    if let sizes = ParameterValue.sizes(size), sizes.allSatisfy(Population.sizes.contains) {
      let grid = GridSize(sizes[0], sizes[1], sizes[2])
      if grid.count <= Population.largestCount { return grid }
    }
    throw ValidationError(
      "--size: expected native or voxels along x, y, z such as 64x64x32, each 16 to 1024, at most "
        + "\(Population.largestCount) in all, found \"\(size)\"")
  }
}
