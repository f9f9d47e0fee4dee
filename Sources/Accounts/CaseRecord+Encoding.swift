import Completion
import Files
import Implants
import Recognition

extension RunAccount.CaseRecord {
  private enum CodingKeys: CodingKey {
    case name, path, status, error, failedStage, errorCode, reading, score, gate, measurements,
      warnings,
      inputs, outputs, stages
    /// Of what the completion found.
    case confidence
  }

  /// What the completion found stands beside what became of the case: `defects`, `model`, `confidence` and so on.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(path, forKey: .path)
    try container.encode(status, forKey: .status)
    try container.encodeIfPresent(error, forKey: .error)
    try container.encodeIfPresent(failedStage, forKey: .failedStage)
    try container.encodeIfPresent(errorCode, forKey: .errorCode)
    try container.encodeIfPresent(reading, forKey: .reading)
    try container.encodeIfPresent(score, forKey: .score)
    try container.encodeIfPresent(gate, forKey: .gate)
    try container.encodeIfPresent(measurements, forKey: .measurements)
    try container.encode(warnings, forKey: .warnings)
    try container.encode(inputs, forKey: .inputs)
    try container.encode(outputs, forKey: .outputs)
    try container.encode(stages, forKey: .stages)
    try findings?.encode(to: encoder)
  }

  /// Reads a record; what the completion found is nil where it stands not beside it.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try container.decode(String.self, forKey: .name),
      path: try container.decode(String.self, forKey: .path),
      status: try container.decode(RunAccount.Status.self, forKey: .status),
      error: try container.decodeIfPresent(String.self, forKey: .error),
      failedStage: try container.decodeIfPresent(String.self, forKey: .failedStage),
      errorCode: try container.decodeIfPresent(String.self, forKey: .errorCode),
      reading: try container.decodeIfPresent(ScanReading.self, forKey: .reading),
      score: try container.decodeIfPresent(ScoreRecord.self, forKey: .score),
      findings: container.contains(.confidence) ? try CompletionFindings(from: decoder) : nil,
      gate: try container.decodeIfPresent(GateReport.self, forKey: .gate),
      warnings: try container.decode([String].self, forKey: .warnings),
      inputs: try container.decode([FileRecord].self, forKey: .inputs),
      outputs: try container.decode([RunAccount.OutputRecord].self, forKey: .outputs),
      stages: try container.decode([RunAccount.StageRecord].self, forKey: .stages))
    measurements = try container.decodeIfPresent(ChartMeasurements.self, forKey: .measurements)
  }
}
