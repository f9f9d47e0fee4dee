public import Errors

/// A case by place and name; two cases of a batch may share a name.
public struct CaseID: Hashable, Sendable {
  /// The place in the batch.
  public let index: Int
  /// The name.
  public let name: String
}

/// How a case ended.
public struct CaseResult: Sendable {
  /// The ways in which a case ends.
  public enum Outcome: Sendable {
    /// Every stage ran.
    case completed
    /// A stage threw.
    case failed(StageFailure)
    /// The case can not fit the memory limit.
    case refused(Refusal)
    /// The batch was told to stop before the case was done.
    case cancelled
  }

  /// The case.
  public let id: CaseID
  /// The values that the graph keeps, by name; empty unless the case completed.
  public let outputs: [String: any StageValue]
  /// The stages that ran, in the order in which they ended.
  public let records: [StageRecord]
  /// How it ended.
  public let outcome: Outcome

  /// Whether every stage ran.
  public var isCompleted: Bool { if case .completed = outcome { true } else { false } }
}

/// The numbers of a case that does not fit the memory limit.
public struct Refusal: Hashable, Sendable {
  /// The node at which most bytes are needed; nil where the values alone are too many.
  public let stage: String?
  /// Bytes needed at that moment.
  public let neededBytes: Int
  /// Bytes of the limit.
  public let limitBytes: Int

  /// A refusal with its numbers.
  public init(stage: String?, neededBytes: Int, limitBytes: Int) {
    (self.stage, self.neededBytes, self.limitBytes) = (stage, neededBytes, limitBytes)
  }

  /// What the user reads.
  public var diagnostic: Diagnostic {
    Diagnostic(
      .memory, field: "memory", expected: "at most \(Diagnostic.megabytes(limitBytes))",
      found: "\(Diagnostic.megabytes(neededBytes)) needed"
        + (stage.map { " by stage \($0)" } ?? ""),
      remedy: "raise the limit or take a smaller scan")
  }
}
