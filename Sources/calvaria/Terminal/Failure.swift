import Evaluation
import Errors
import ArgumentParser
import Glibc

/// How errors reach the user: each a line on standard error. ``Ending`` says which exit code follows.
enum Failure {
  /// Prints one line, `calvaria: error: … [code]`.
  static func print(_ message: String, code: String? = nil) {
    let text = message + (code.map { " [\($0)]" } ?? "")
    StandardError.writeLine("calvaria: error: \(StandardError.line(text))")
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
    print(error, root)
    exit(ending.code)
  }

  private static func print(_ error: any Error, _ root: any ParsableCommand.Type) {
    switch error {
    // What went wrong was printed when it happened.
    case is Ending: break
    case let errors as Diagnostics: for error in errors.all { print(error, root) }
    case let error as Diagnostic: print(error.description, code: error.code.rawValue)
    case let wrong as WrongUse: print(wrong.reason, root)
    case let unknown as UnknownCommand: print(unknown.description)
    case _ where root.exitCode(for: error) == .validationFailure:
      print("arguments: \(root.message(for: error)); `calvaria SUBCOMMAND --help` shows the usage")
    default: print("\(error)")
    }
  }
}
