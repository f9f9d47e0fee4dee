import Completion

extension RunAccount.CaseRecord {
  private enum CodingKeys: CodingKey {
    case name, path, status, error, failedStage, errorCode, score, gate, measurements, warnings,
      inputs, outputs, stages
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
    try container.encodeIfPresent(score, forKey: .score)
    try container.encodeIfPresent(gate, forKey: .gate)
    if measures != nil { try container.encode(measurements, forKey: .measurements) }
    try container.encode(warnings, forKey: .warnings)
    try container.encode(inputs, forKey: .inputs)
    try container.encode(outputs, forKey: .outputs)
    try container.encode(stages, forKey: .stages)
    try findings?.encode(to: encoder)
  }
}
