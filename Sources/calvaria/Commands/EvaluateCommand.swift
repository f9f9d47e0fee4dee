import Concurrency
import Evaluation
import ArgumentParser
import Foundation
import Dataflow
import Errors

/// `calvaria evaluate PREDICTION TRUTH`.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score predicted implants against the true ones.",
    discussion: """
      Scores as the AutoImplant challenge defines them: Dice (dsc), Dice within 10 mm of the defective \
      skull (bdsc, needs --defective), and the 95th percentile and maximum of the distances between \
      the surfaces in mm (hd95, hd). The files are masks on one grid.

      --json adds the numbers of pieces and tunnels of the predicted implant. With --defective, it also \
      adds two values in mm, each for the outer and the inner table (outside, inside): surface, the mean \
      distance between the implant's table and that of the truth; and rimStep, the median step around \
      the rim from the bone's table to the implant's, measured 2 to 6 mm from the rim on both sides.

      Given two folders, cases are matched by kind and name, and scores.csv is written into the \
      --output folder. A bad case is reported and the others are scored; the exit code is then 1.

      EXAMPLES
        calvaria evaluate out/implant.nrrd implant/bilateral/000.nrrd --json
        calvaria evaluate out/implant data/implant --defective data/defective_skull -o out
      """)

  @Argument(help: "A predicted implant, or a folder of them.", completion: .file())
  var prediction: String

  @Argument(help: "The true implant, or a folder of them.", completion: .file())
  var truth: String

  @Option(help: "The skull with the hole, or a folder of them.", completion: .file())
  var defective: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp(
      "The folder for scores.csv; created if missing (default: the current folder).",
      valueName: "dir"),
    completion: .directory)
  var output = "."

  @OptionGroup var resources: ResourceOptions

  @OptionGroup var reading: SegmentReadingOptions

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output: expected a folder, found nothing") }
  }

  func run() throws {
    let kinds = [prediction, truth, defective].compactMap { $0 }.map(Self.isFolder)
    guard Set(kinds).count == 1 else {
      for path in [prediction, truth, defective].compactMap({ $0 }) where !Self.isThere(path) {
        throw Diagnostic(
          .unreadable, path, field: "file", expected: "a file or a folder", found: "nothing",
          remedy: "check the name")
      }
      throw ValidationError(
        "expected files or folders, found a mixture; name files only or folders only")
    }
    if kinds[0] { try scoreFolders() } else { try scoreCase() }
  }

  private func scoreCase() throws {
    let scoring = CaseScoring(prediction: prediction, truth: truth, defective: defective)
    let score = try scoring.run(
      reading: reading.options, memory: resources.bytes, measuresShape: json,
      threads: resources.cores)
    for warning in score.warnings { StandardError.warn(warning.sentence, of: warning.path) }
    print(json ? try score.json() : score.lines)
  }

  private func scoreFolders() throws {
    let folders = try ScoredFolders(
      predictions: prediction, truths: truth, defective: defective)
    if !resources.quiet {
      for warning in folders.warnings { StandardError.warn(warning, of: prediction) }
    }
    var scoring = FolderScoring(folders)
    scoring.reading = reading.options
    scoring.jobs = resources.cores
    scoring.memory = resources.bytes
    let progress = Progress(cases: folders.members.count, level: resources.quiet ? .quiet : .normal)
    let token = CancellationToken()
    Interrupts.onFirst {
      StandardError.writeLine(Interrupts.notice(waitingFor: "the running cases"))
      token.cancel()
    }
    let (table, isComplete) = try scoring.run(until: token) { progress.finished($0) }
    Interrupts.onFirst(nil)
    progress.close()
    guard isComplete else { throw Interrupts.ending ?? .failure }
    for warning in table.rows.flatMap({ $0.score?.warnings ?? [] }) {
      StandardError.warn(warning.sentence, of: warning.path)
    }
    for row in table.failures { Failure.print(row.failure ?? "\(row.name): failed") }
    let file = try table.write(into: output)
    if json {
      print(try table.json())
    } else {
      for line in table.lines { print(line) }
      print(file)
    }
    if !table.failures.isEmpty { throw Ending.failure }
  }

  private static func isThere(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
