import ModelTraining
import Completion
import ArgumentParser
import Errors
import Glibc
import MessagePassing
import Pipelines

/// How the program ends. Only this file decides which error leads to which exit code.
enum Ending: Error, Equatable {
  case success
  /// An input or a model is missing, unreadable or bad, or a case failed.
  case failure
  /// The command line, a configuration, pipeline or parameter is wrong, or no case fits in memory.
  case usage
  /// A signal ended the program.
  case signal(Int32)

  var code: Int32 {
    switch self {
    case .success: 0
    case .failure: 1
    case .usage: 2
    case .signal(let number): 128 + number
    }
  }
}

extension Ending {
  /// Of work that was told to stop. A rank may stop because another was told to, and hears of no signal.
  static func stopped(amongRanks: Bool) -> Ending {
    Interrupts.ending ?? (amongRanks ? .signal(SIGTERM) : .failure)
  }

  init(_ error: any Error, of root: any ParsableCommand.Type) {
    self =
      switch error {
      case let ending as Ending: ending
      case is UnknownCommand: .usage
      case let errors as Diagnostics where errors.all.contains { $0.code.isOfUsage }: .usage
      case let error as Diagnostic where error.code.isOfUsage: .usage
      case is Diagnostics, is Diagnostic: .failure
      default:
        switch root.exitCode(for: error) {
        case .success: .success
        case .validationFailure: .usage
        default: .failure
        }
      }
  }
}

extension Diagnostic.Code {
  /// Codes of errors in the request, not in an input: a wrong configuration or parameter, a memory limit in
  /// which nothing fits, something that a model does not have, another training than that of the folder,
  /// a launcher of several processes without a way for them to speak.
  private static let ofUsage: Set<Self> = [
    .configuration, .badParameter, .badSetting, .memory, .notInModel, .otherModel, .otherTraining,
    .noMessagePassing,
  ]

  fileprivate var isOfUsage: Bool { Self.ofUsage.contains(self) }
}

/// Errors in reading a file that count as wrong usage, not as bad input.
enum WrongUse {
  /// Reads a pipeline or training file. If it is missing or unreadable, that is wrong usage; for a case it
  /// would be bad input.
  static func ofConfiguration<Value>(_ read: () throws -> Value) throws -> Value {
    do { return try read() } catch var error as Diagnostic {
      error.code = .configuration
      throw error
    }
  }
}
