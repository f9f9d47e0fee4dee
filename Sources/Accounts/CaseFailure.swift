import Errors
import Dataflow

/// Why a case failed: for people a sentence, for programs a word.
public struct CaseFailure: Error, Codable, Hashable, Sendable, CustomStringConvertible {
  /// The stage that failed; nil where none did, such as for want of memory.
  public var stage: String?
  /// What kind of trouble it is: a `Diagnostic.Code` such as `not-a-volume`, `grid-mismatch`, `memory`;
  /// `stage` for an error without a code.
  public var code: String
  /// One line that names a file: `FILE: FIELD: expected …, found …; what to do`.
  public var message: String
  /// Whether it may pass by itself.
  public var isTransient: Bool { code == Diagnostic.Code.transient.rawValue }
  /// Whether it will befall every case that writes.
  public var isDiskFull: Bool { code == Diagnostic.Code.diskFull.rawValue }

  /// The sentence.
  public var description: String { message }

  /// A failure whose parts are known.
  package init(stage: String?, code: String, message: String) {
    (self.stage, self.code, self.message) = (stage, code, message)
  }

  /// What an error says; where it names no file, `path` is put before it.
  package init(_ error: any Error, path: String, stage: String?) {
    if let failure = error as? CaseFailure {
      self = failure
      return
    }
    self.stage = stage
    if let error = error as? Diagnostic {
      code = error.code.rawValue
      message = error.about(path).description
    } else {
      code = error is Refusal ? Diagnostic.Code.memory.rawValue : "stage"
      message = "\(path): " + "\(error)".split(separator: "\n").joined(separator: " ")
    }
  }
}
