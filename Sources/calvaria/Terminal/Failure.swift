import Evaluation
import Errors
import ArgumentParser
import Glibc

/// Prints errors, one line each, on standard error. ``Ending`` decides the exit code.
enum Failure {
  /// Prints one line, `calvaria: error: …`.
  static func print(_ message: String) {
    StandardError.writeLine("calvaria: error: \(StandardError.line(message))")
  }

  /// Ends the program with 0, or with 1 if the results could not be written to standard output.
  static func endWell() -> Never {
    guard fflush(nil) == 0 else {
      print(
        errno == EBADF
          ? "standard output: cannot write the results, it is closed"
          : "standard output: cannot write the results: \(String(cString: strerror(errno)))")
      exit(Ending.failure.code)
    }
    exit(Ending.success.code)
  }

  /// Ends the program with the exit code of an error; help and version are not errors.
  ///
  /// - Parameter root: the command that was parsed.
  static func end(with error: any Error, of root: any ParsableCommand.Type) -> Never {
    let ending = Ending(error, of: root)
    if ending == .success {
      Swift.print(root.fullMessage(for: error))
      endWell()
    }
    for line in lines(of: error, root) { print(line) }
    exit(ending.code)
  }

  /// The subcommand that was called, as its first word.
  private static func subcommand(of root: any ParsableCommand.Type) -> String? {
    let names = root.configuration.subcommands.map { $0._commandName }
    return CommandLine.arguments.dropFirst().first { names.contains($0) }
  }

  static func lines(of error: any Error, _ root: any ParsableCommand.Type) -> [String] {
    switch error {
    // Printed already.
    case is Ending: []
    case let errors as Diagnostics: errors.all.map(\.description)
    case let unknown as UnknownCommand: [unknown.description]
    case _ where root.exitCode(for: error) == .validationFailure:
      [
        "arguments: \(root.message(for: error)); `calvaria \(subcommand(of: root) ?? "SUBCOMMAND") --help` shows the usage"
      ]
    default: ["\(error)"]
    }
  }
}
