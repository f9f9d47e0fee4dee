public import Errors

/// Identifies a case by index; two cases of a batch may have the same name.
public struct CaseID: Hashable, Sendable {
  /// The index in the batch, in the order of submission.
  public let index: Int
  public let name: String
}

public struct CaseResult: Sendable {
  public enum Outcome: Sendable {
    /// Every stage ran.
    case completed
    /// A stage threw.
    case failed(StageFailure)
    /// The case does not fit within the memory limit.
    case refused(Refusal)
    /// The batch was stopped before the case was done.
    case cancelled
  }

  public let id: CaseID
  /// The values that the graph keeps, by name; empty unless the case completed.
  public let outputs: [String: any StageValue]
  /// The records of the stages that ran, in the order in which they ended.
  public let records: [StageRecord]
  public let outcome: Outcome

  public var isCompleted: Bool { if case .completed = outcome { true } else { false } }
}

/// How much memory a case needs that does not fit within the limit.
public struct Refusal: Hashable, Sendable {
  /// The node that needs the most; nil if the values alone are too large.
  public let stage: String?
  /// Bytes needed at that moment.
  public let neededBytes: Int
  public let limitBytes: Int

  public init(stage: String?, neededBytes: Int, limitBytes: Int) {
    (self.stage, self.neededBytes, self.limitBytes) = (stage, neededBytes, limitBytes)
  }

  /// The error message for the user.
  public var diagnostic: Diagnostic {
    Diagnostic(
      .memory, field: "memory", expected: "at most \(Diagnostic.megabytes(limitBytes))",
      found: "\(Diagnostic.megabytes(neededBytes)) needed"
        + (stage.map { " by stage \($0)" } ?? ""),
      remedy: "raise the limit or take a smaller scan")
  }
}
