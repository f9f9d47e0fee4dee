/// What one run of a stage used and found, for accounts and traces.
public struct StageRecord: Sendable {
  public enum Outcome: Hashable, Sendable {
    /// It returned a value.
    case completed
    /// It threw an error, given as text.
    case failed(String)
    /// Its case or the batch was cancelled.
    case cancelled
  }

  /// The name of the node.
  public let stage: String
  public let kind: String
  /// Seconds from the start of the batch to the start of the stage.
  public let startSeconds: Double
  /// Wall-clock seconds that the stage ran.
  public let seconds: Double
  /// Cores granted to the stage.
  public let cores: Int
  /// Peak bytes that the stage declared, given the actual sizes of its inputs.
  public let declaredBytes: Int
  /// Bytes of the output; 0 if there is none.
  public let outputBytes: Int
  /// Findings by name, see ``StageContext/note(_:_:)``.
  public let notes: [String: Note]
  /// Facts for the account, see ``StageContext/tell(_:)``.
  public let facts: [any StageFact]
  public let warnings: [String]
  public let outcome: Outcome
}

/// The error that ended a case.
public struct StageFailure: Error, CustomStringConvertible {
  public let caseName: String
  /// The name of the node that failed.
  public let stage: String
  public let kind: String
  /// The error that the stage threw.
  public let underlying: any Error

  /// `case: stage: error`
  public var description: String { "\(caseName): \(stage): \(underlying)" }
}
