import Errors

extension RunAccount.CaseRecord {
  package mutating func fail(_ failure: CaseFailure) {
    status = .failed
    (failedStage, error, errorCode) = (failure.stage, failure.message, failure.code.rawValue)
  }
}
