import Errors

extension RunAccount.CaseRecord {
  /// Records why the case failed.
  package mutating func fail(_ failure: CaseFailure) {
    status = .failed
    (failedStage, error, errorCode) = (failure.stage, failure.message, failure.code.rawValue)
  }
}
