public import Errors

/// Why a case failed: what was thrown, and the stage that threw it.
public struct CaseFailure: Error, Codable, Hashable, Sendable, CustomStringConvertible {
  /// The stage that failed; nil if none did, for example if memory was lacking.
  public var stage: String?
  /// What went wrong, with the file named.
  public var diagnostic: Diagnostic

  /// The kind of error: a word such as `not-a-volume`, `grid-mismatch`, `memory`.
  public var code: Diagnostic.Code { diagnostic.code }
  /// One line that names a file: `FILE: FIELD: expected …, found …; what to do`.
  public var message: String { diagnostic.description }
  /// Whether trying again may help.
  public var isTransient: Bool { code == .transient }
  /// Whether every other case that writes would fail too.
  public var isDiskFull: Bool { code == .diskFull }

  public var description: String { message }

  package init(stage: String?, _ diagnostic: Diagnostic) {
    (self.stage, self.diagnostic) = (stage, diagnostic)
  }

  /// An error of a stage; if it names no file, it gets `path`.
  package init(_ error: any Error, path: String, stage: String?) {
    if let failure = error as? CaseFailure {
      self = failure
    } else {
      self.init(stage: stage, Diagnostic(error).about(path))
    }
  }
}
