import Errors
import ArgumentParser
import Dataflow

/// A word that should be a subcommand and is not. The parser would only report unexpected arguments.
struct UnknownCommand: Error, Equatable {
  /// The command before it, such as `calvaria latent`.
  let command: String
  let found: String
  /// The subcommand with the nearest name, if there is one.
  let nearest: String?
}

extension UnknownCommand {
  /// The first unknown subcommand of a command line; nil if there is none.
  ///
  /// - Parameters:
  ///   - arguments: the arguments without the name of the program.
  ///   - root: the command that they are for.
  static func first(
    in arguments: [String], of root: CommandConfiguration
  ) -> UnknownCommand? {
    var words = arguments[...]
    var command = root.commandName ?? ""
    var known = root.subcommands.map { $0.configuration }
    // `help latent encode` names a command too.
    if words.first == "help" { words.removeFirst() }
    while !known.isEmpty, let word = words.popFirst(), !word.hasPrefix("-") {
      guard let next = known.first(where: { $0.commandName == word }) else {
        return UnknownCommand(
          command: command, found: word,
          nearest: nearestName(to: word, among: known.compactMap(\.commandName)))
      }
      command += " " + word
      known = next.subcommands.map { $0.configuration }
    }
    return nil
  }
}

extension UnknownCommand: CustomStringConvertible {
  /// `arguments: calvaria has no subcommand "implan"; did you mean implant?`
  var description: String {
    "arguments: \(command) has no subcommand \"\(found)\"; "
      + (nearest.map { "did you mean \($0)?" } ?? "`\(command) --help` lists them")
  }
}
