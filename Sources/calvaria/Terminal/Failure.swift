import Evaluation
import Errors
import ArgumentParser
import Glibc

/// How errors reach the user: each a line on standard error. ``Ending`` says which exit code follows.
enum Failure {
  /// Prints one line, `calvaria: error: …`.
  static func print(_ message: String) {
    StandardError.writeLine("calvaria: error: \(StandardError.line(message))")
  }

  /// Ends the program with 0, or with 1 where standard output did not take what was printed.
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

  /// Ends the program as an error asks for; help and version are no errors.
  ///
  /// - Parameter root: the command line that was read.
  static func end(with error: any Error, of root: any ParsableCommand.Type) -> Never {
    let ending = Ending(error, of: root)
    if ending == .success {
      Swift.print(root.fullMessage(for: error))
      endWell()
    }
    for line in lines(of: error, root) { print(line) }
    exit(ending.code)
  }

  private static func lines(of error: any Error, _ root: any ParsableCommand.Type) -> [String] {
    switch error {
    // What went wrong was printed when it happened.
    case is Ending: []
    case let errors as Diagnostics: errors.all.map(\.description)
    case let wrong as WrongUse: lines(of: wrong.reason, root)
    case let unknown as UnknownCommand: [unknown.description]
    case _ where root.exitCode(for: error) == .validationFailure:
      [
        "arguments: \(root.message(for: error)); `calvaria SUBCOMMAND --help` shows the usage"
      ]
    default: ["\(error)"]
    }
  }
}
