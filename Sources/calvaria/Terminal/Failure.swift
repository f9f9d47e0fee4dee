import Evaluation
import Errors
import ArgumentParser
import Glibc
import Pipelines

/// How errors reach the user: a line on standard error and an exit code.
enum Failure {
  /// A named input is missing, unreadable or bad, or some case failed.
  static let input: Int32 = 1
  /// Usage, configuration, pipeline or parameter error, or a graph that cannot fit.
  static let usage: Int32 = 2

  /// Prints one line, `calvaria: error: …`.
  static func print(_ message: String) {
    StandardError.writeLine("calvaria: error: \(StandardError.line(message))")
  }

  /// Ends the program with 0, or with 1 where standard output did not take what was printed.
  static func endWell() -> Never {
    guard fflush(nil) == 0 else {
      let found = errno == EBADF ? "it closed" : String(cString: strerror(errno))
      print(
        "standard output: expected to write the results, found \(found); check where it leads")
      exit(input)
    }
    exit(0)
  }

  /// Ends the program as an error asks for; help and version are no errors.
  static func end(with error: any Error) -> Never {
    switch error {
    case let errors as Diagnostics:
      for diagnostic in errors.all { print(diagnostic.description) }
      exit(usage)
    case let refusal as MemoryRefusal:
      print(refusal.description)
      exit(usage)
    case let pair as BadPair:
      print("\(pair.prediction)")
      print("\(pair.truth)")
      exit(input)
    case let code as ExitCode:
      exit(code.rawValue == ExitCode.validationFailure.rawValue ? usage : code.rawValue)
    case is Diagnostic:
      print("\(error)")
      exit(input)
    default: break
    }
    let code = Calvaria.exitCode(for: error)
    if code == .success {
      Swift.print(Calvaria.fullMessage(for: error))
      endWell()
    }
    if code == .validationFailure {
      print(
        "arguments: expected what `calvaria SUBCOMMAND --help` shows, found this: "
          + "\(Calvaria.message(for: error)); correct the command line")
      exit(usage)
    }
    print("\(error)")
    exit(input)
  }
}
