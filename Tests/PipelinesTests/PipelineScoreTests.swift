import Testing

@Suite struct PipelineScoreTests {
  /// `score` names masks of the pipeline, whatever its outputs are called.
  @Test(arguments: [
    ("{of: bon, against: bone}", "score.of: expected a stage that makes a mask (bone), found bon"),
    ("{of: skull, against: bone}", "score.of: expected a stage that makes a mask"),
    ("{of: bone}", "score.against: expected a stage that makes a mask, found nothing"),
    ("{of: bone, agains: bone}", "did you mean against?"),
  ])
  func whatIsScoredIsChecked(score: String, part: String) throws {
    func text(_ score: String) -> String {
      """
      version: 1
      stages:
        skull: {stage: load, of: $case}
        bone: {stage: bone, of: skull}
      outputs: {plate.nrrd: bone}
      score: \(score)
      """
    }
    let found = mistakes(text(score))
    #expect(found.contains { $0.contains(part) }, "\(found)")
    #expect(mistakes(text("{of: bone, against: bone}")).isEmpty)
  }
}
