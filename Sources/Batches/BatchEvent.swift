public import Accounts
public import Dataflow

public enum BatchEvent: Sendable {
  /// What has to be done for a case, and why: one line for the case, then one per stage.
  case explained([String])
  /// An event of a stage; the end of a case is ``ended(_:isReused:)``.
  case stage(RunEvent)
  /// A case failed with an error that may be temporary, and is tried again after this many seconds.
  case retrying(String, message: String, seconds: Double)
  /// A case is done; it is reused if nothing had to be done for it.
  case ended(RunAccount.CaseRecord, isReused: Bool)
}
