public import Accounts
public import Dataflow

/// What happens in a batch of a folder.
public enum BatchEvent: Sendable {
  /// What is left to do for a case, and why: a line for the case, then one a stage.
  case explained([String])
  /// Something happened to a stage; ends of cases are told by ``ended(_:isReused:)``.
  case stage(RunEvent)
  /// A case failed for something that may pass, and is tried again after so many seconds.
  case retrying(String, message: String, seconds: Double)
  /// A case is done; reused where nothing had to be done for it.
  case ended(RunAccount.CaseRecord, isReused: Bool)
}
