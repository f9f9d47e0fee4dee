import ModelTraining
import Completion
import ArgumentParser
import Errors
import Pipelines

/// How the program ends. The exit codes, and which error leads to which, are decided in this file alone.
enum Ending: Error, Equatable {
  /// All is well.
  case success
  /// A named input or model is missing, unreadable or bad, or some case failed.
  case failure
  /// The usage, a configuration, pipeline or parameter is wrong, or the graph cannot fit.
  case usage
  /// A signal ended it.
  case signal(Int32)

  /// What the shell sees.
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
  /// The ending that an error of a command line leads to.
  init(_ error: any Error, of root: any ParsableCommand.Type) {
    self =
      switch error {
      case let ending as Ending: ending
      case is UnknownCommand, is WrongUse: .usage
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
  /// Codes of what was asked for, not of an input: a configuration or parameter that is wrong, a limit of
  /// memory in which nothing fits, what a model does not have, another training than the folder's.
  private static let ofUsage: Set<Self> = [
    .configuration, .badParameter, .badSetting, .memory, .notInModel, .otherModel, .otherTraining,
  ]

  fileprivate var isOfUsage: Bool { Self.ofUsage.contains(self) }
}

/// An error that would be a bad input elsewhere, and is wrong usage because of what was asked.
struct WrongUse: Error {
  let reason: any Error
}

extension WrongUse {
  /// Reads a pipeline or training file: one that is missing or unreadable is wrong usage, where a case
  /// would be bad input.
  static func ofConfiguration<Value>(_ read: () throws -> Value) throws -> Value {
    do { return try read() } catch let error as Diagnostic { throw WrongUse(reason: error) }
  }
}
