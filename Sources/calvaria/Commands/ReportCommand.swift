import ArgumentParser
import ReportRuns

/// `calvaria report DIR`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the pages of a run that has ended.",
    discussion: """
      DIR is the folder that `implant`, `run` or `batch` wrote into. Writes report.html into it: one page \
      that opens without a network, with warnings first, figures, pictures, an interactive viewer, and the SHA-256 of \
      what was read and written. A file that is no longer the one that the run wrote or read is not \
      shown, and the page says so. `implant --report` writes the same page as part of the run.

      Of a batch it is the page of the whole batch; --only CASE writes that case's own page, report/CASE.html, \
      which the page of the batch links to when it is written again.

      EXAMPLES
        calvaria report out
        calvaria report batch --only bilateral/003
        calvaria report out --title "Case 12, second plan"
      """)

  @Argument(help: "The folder of a run.", completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp("The title of the page (default: the name of the case).", valueName: "text"))
  var title: String?

  @Option(
    help: ArgumentHelp(
      "Of a batch: write this case's own page; may be repeated.", valueName: "case"))
  var only: [String] = []

  @OptionGroup var cores: CoresOption

  @OptionGroup var reading: SegmentReadingOptions

  func run() throws {
    var report = ReportRun(folder)
    (report.title, report.only) = (title, only)
    for page in try report.run(reading: reading.options, threads: cores.cores) {
      for warning in page.warnings { StandardError.warn(warning, of: page.path) }
      print(page.path)
    }
  }
}
