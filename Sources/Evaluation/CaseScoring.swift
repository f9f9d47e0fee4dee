import Errors
public import VolumeIO

/// A prediction, its truth and the skull with the hole, by their paths.
public struct CaseScoring: Hashable, Sendable {
  public var prediction: String
  public var truth: String
  /// The file of the defective skull; without it there is no border Dice.
  public var defective: String?

  public init(prediction: String, truth: String, defective: String? = nil) {
    (self.prediction, self.truth, self.defective) = (prediction, truth, defective)
  }

  /// Opens the files, plans the memory by their headers, and scores the prediction.
  ///
  /// - Parameters:
  ///   - memory: the bytes that the case may take.
  ///   - measuresShape: whether to measure tables, rim and pieces too, which takes longer than the scores.
  /// - Throws: `Diagnostic` for a case that would take more than `memory`, and as
  ///   ``ScoredFiles/score(measuresShape:threads:)``.
  public func run(
    reading: ReadOptions = ReadOptions(), memory: Int = .max, measuresShape: Bool = false,
    threads: Int = 1
  ) throws -> CaseScore {
    let files = ScoredFiles(self, reading: reading, stayOpen: true)
    try files.requireFit(in: memory, measuresShape: measuresShape)
    return try files.score(measuresShape: measuresShape, threads: threads)
  }

  /// The error for a case that takes more bytes than the limit.
  func refusal(taking bytes: Int, limit: Int) -> Diagnostic {
    Diagnostic(
      .memory, prediction, field: "memory", expected: "at most \(counted(limit, "byte"))",
      found: "a case that takes \(bytes)", remedy: "raise --memory")
  }
}
