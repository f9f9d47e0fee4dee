import Foundation
import TestSupport
import Testing

/// The man pages that `scripts/manual` makes from what the program says of itself.
@Suite struct ManualTests {
  /// The tree of commands as the program tells it.
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable { var kind: String, name: String }
      var kind: String
      var names: [Name]?
      var shouldDisplay: Bool
      var valueName: String
    }
    var commandName: String
    var abstract: String
    var arguments: [Argument]
    var subcommands: [Command]?

    /// This command and those below it, each under the name of its page.
    func pages(below name: String = "") -> [(name: String, command: Command)] {
      let name = name.isEmpty ? commandName : "\(name)-\(commandName)"
      return [(name, self)]
        + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { $0.pages(below: name) }
    }
  }

  private static func write(to folder: String, program: String = Calvaria.path) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: Calvaria.root + "/scripts/manual")
    process.arguments = [folder]
    process.environment = ProcessInfo.processInfo.environment.merging(["CALVARIA": program]) { $1 }
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private static func roff(_ text: String) -> String {
    text.replacing("-", with: "\\-").replacing("'", with: "\\(aq")
  }

  @Test func everyCommandHasAPageWithAllItsOptions() throws {
    struct Dump: Decodable { var command: Command }
    let dump = try JSONDecoder().decode(
      Dump.self, from: Data(try Calvaria.run("--experimental-dump-help").output.utf8))
    let folder = TemporaryFolder()
    #expect(try Self.write(to: folder("pages")) == 0)
    let pages = dump.command.pages()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder("pages")).sorted()
        == pages.map { "\($0.name).1" }.sorted())
    #expect(pages.count > 1)
    for (name, command) in pages {
      let text = try String(contentsOfFile: folder("pages/\(name).1"), encoding: .utf8)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      // No date: the same program gives the same bytes.
      #expect(lines[0].hasPrefix(".TH \(Self.roff(name.uppercased())) 1 \"\" \"calvaria "))
      #expect(lines[2].hasPrefix("\(Self.roff(name)) \\- "), "\(lines[2])")
      for argument in command.arguments where argument.shouldDisplay {
        for option in argument.names ?? [] {
          let spelled = Self.roff((option.kind == "long" ? "--" : "-") + option.name)
          #expect(
            lines.contains { $0.hasPrefix("\\fB") && $0.contains("\\fB\(spelled)\\fR") },
            "\(name): \(spelled)")
        }
        if argument.kind == "positional" {
          #expect(lines.contains("\\fI\(Self.roff(argument.valueName))\\fR"), "\(name)")
        }
      }
      // What looks like a request of roff is one that the script writes.
      for line in lines where line.hasPrefix(".") || line.hasPrefix("'") {
        #expect(
          line.wholeMatch(
            of: /\.(TH .*|SH [A-Z ]+|TP|PP|RS 2|RE|nf|fi|nh|hy|br|ad [lb]|BR .+ \(1\),?)/) != nil,
          "\(name): \(line)")
      }
    }
  }

  @Test func samePagesTwice() throws {
    let folder = TemporaryFolder()
    #expect(try Self.write(to: folder("first")) == 0 && Self.write(to: folder("second")) == 0)
    #expect(FileManager.default.contentsEqual(atPath: folder("first"), andPath: folder("second")))
  }

  @Test func aProgramThatIsMissingIsAnError() throws {
    let folder = TemporaryFolder()
    #expect(try Self.write(to: folder("pages"), program: folder("none")) == 1)
  }
}
