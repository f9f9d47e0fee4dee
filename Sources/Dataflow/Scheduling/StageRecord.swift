/// What one run of one stage took and found, for accounts and traces.
public struct StageRecord: Sendable {
  /// How a stage ended.
  public enum Outcome: Hashable, Sendable {
    /// With a value.
    case completed
    /// With an error, in its own words.
    case failed(String)
    /// Because its case or the batch was told to stop.
    case cancelled
  }

  /// The node's name.
  public let stage: String
  /// The stage's kind.
  public let kind: String
  /// Seconds from the start of the batch to that of the stage.
  public let startSeconds: Double
  /// Seconds that the stage ran.
  public let seconds: Double
  /// Cores that it was given.
  public let cores: Int
  /// Bytes that it declared as its peak, from the true sizes of its inputs.
  public let declaredBytes: Int
  /// Bytes of its value; 0 where there is none.
  public let outputBytes: Int
  /// Its findings by name.
  public let notes: [String: Note]
  /// What it told for the account.
  public let facts: [any StageFact]
  /// What the user should read.
  public let warnings: [String]
  /// How it ended.
  public let outcome: Outcome
}

/// The error that ended a case.
public struct StageFailure: Error, CustomStringConvertible {
  /// The case.
  public let caseName: String
  /// The name of the node that failed.
  public let stage: String
  /// The stage's kind.
  public let kind: String
  /// What the stage threw.
  public let underlying: any Error

  /// `case: stage: error`
  public var description: String { "\(caseName): \(stage): \(underlying)" }
}
