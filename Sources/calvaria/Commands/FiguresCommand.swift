import ArgumentParser
import Accounts
import Concurrency
import Errors
import Files
import FigureRuns
import Settings

/// `calvaria figures CONFIG -o DIR`.
struct FiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures",
    abstract:
      "Draw the figures of the paper, and others, from the results of trainings and batches.",
    discussion: """
      CONFIG is a YAML file that names populations, trainings and tables of scores, such as \
      figures/paper.yaml. Of each figure whose inputs it names, DIR gets NAME.svg, NAME.png, the data as NAME.csv and \
      the script NAME.gnuplot, which draws it again; and figures.json, which says what each was drawn from. Needs \
      gnuplot, except with --data. `make figures` runs the trainings too.

      FIGURES
        \(FigureRun.names.joined(separator: ", "))

      EXAMPLES
        calvaria figures figures/paper.yaml -o out/figures/drawn
        calvaria figures figures/paper.yaml -o out --only fig-3-curves --only pareto
        calvaria figures figures/paper.yaml -o out --set trainings.small=out/my-training
      """)

  @Argument(help: "The figures file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The output folder; created if missing.", valueName: "dir"),
    completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp("Draw this figure only; may be repeated.", valueName: "figure"),
    completion: .list(FigureRun.names))
  var only: [String] = []

  @Flag(help: "Write data and scripts only, and draw nothing.")
  var data = false

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a setting of the file, such as trainings.small=DIR; may be repeated.",
      valueName: "key=value"))
  var changes: [String] = []

  @OptionGroup var resources: ResourceOptions

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output: expected a folder, found nothing") }
  }

  func run() throws {
    let overrides = try changes.map { try Override(parsing: $0) }
    let settings = try WrongUse.ofConfiguration {
      try FiguresFile(reading: ProgramFiles.located(file), overrides: overrides)
    }
    var run = FigureRun(settings, into: output, program: Version.program)
    (run.only, run.dataOnly) = (only, data)
    (run.threads, run.memory) = (resources.cores, resources.bytes)
    run.command = Array(CommandLine.arguments.dropFirst())
    let isStopped = Guarded(false)
    Interrupts.onFirst { isStopped.withLock { $0 = true } }
    run.shouldStop = { isStopped.withLock { $0 } }
    let outcome = try run.run { name, number, count in
      if !resources.quiet { StandardError.writeLine("figure \(number) of \(count): \(name)") }
    }
    if !resources.quiet {
      for one in outcome.skipped {
        StandardError.writeLine(
          "left out \(one.name): \(file) does not name \(one.lacks.joined(separator: ", "))")
      }
    }
    for path in outcome.files { print(path) }
    Interrupts.onFirst(nil)
    if isStopped.withLock({ $0 }) { throw Interrupts.ending ?? .failure }
    if !outcome.failures.isEmpty { throw Diagnostics(outcome.failures) }
  }
}
