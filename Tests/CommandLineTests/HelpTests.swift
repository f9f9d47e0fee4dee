import Foundation
import TestSupport
import Testing

/// What `--help` prints of every command, held against `Fixtures/help/NAME.txt`.
///
/// After a change that is meant, renew the texts and read the difference:
/// `CALVARIA_RENEW_HELP=1 make test FILTER=HelpTests`, then `git diff Tests/CommandLineTests/Fixtures`.
@Suite struct HelpTests {
  static let commands = [
    "", "implant", "run", "batch", "merge", "verify", "synth", "template", "train", "evaluate",
    "check",
    "mesh",
    "voxelize", "compare", "info", "convert", "latent", "latent import", "latent encode",
    "latent classes",
    "latent deviation",
    "latent pca",
    "latent interpolate", "latent traverse", "latent sample", "graph", "report", "figures",
    "stages", "models",
    "layouts", "doctor",
  ]

  static let folder = Calvaria.root + "/Tests/CommandLineTests/Fixtures/help"
  static let renews = ProcessInfo.processInfo.environment["CALVARIA_RENEW_HELP"] == "1"

  private static func file(of command: String) -> String {
    (command.isEmpty ? "calvaria" : command.replacing(" ", with: "-")) + ".txt"
  }

  @Test(arguments: commands) func isAsItWas(command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let outcome = try Calvaria.run(words + ["--help"], environment: ["COLUMNS": "100"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let path = "\(Self.folder)/\(Self.file(of: command))"
    if Self.renews { try Data(outcome.output.utf8).write(to: URL(filePath: path)) }
    #expect(outcome.output == (try String(contentsOfFile: path, encoding: .utf8)))
  }

  /// The tree of commands as the program tells it.
  private struct Command: Decodable {
    var commandName: String
    var subcommands: [Command]?

    /// The words that call it and those below it, without the program's name.
    func names(below words: [String] = []) -> [String] {
      [words.joined(separator: " ")]
        + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap {
          $0.names(below: words + [$0.commandName])
        }
    }
  }

  @Test func everyCommandHasAText() throws {
    struct Dump: Decodable { var command: Command }
    let outcome = try Calvaria.run("--experimental-dump-help")
    let dump = try JSONDecoder().decode(Dump.self, from: Data(outcome.output.utf8))
    #expect(dump.command.names().sorted() == Self.commands.sorted())
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
    #expect(files.sorted() == Self.commands.map(Self.file).sorted())
  }
}
