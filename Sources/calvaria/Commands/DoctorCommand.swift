import ArgumentParser
import Installation

/// `calvaria doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check this installation and say what is missing.",
    discussion: """
      Looks at the libraries, the shipped pipelines and models, the viewer of reports, memory and terminal, and for \
      programs that can be used. The exit code is 1 if something is missing that is needed; a note is something that is \
      not.

      EXAMPLE
        calvaria doctor
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let checkup = Checkup(of: Version.program)
    print(json ? try checkup.json() : checkup.lines.joined(separator: "\n"))
    if !checkup.isWhole { throw Ending.failure }
  }
}
