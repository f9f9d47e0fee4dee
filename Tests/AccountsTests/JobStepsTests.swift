import Accounts
import Synchronization
import Testing

@Suite struct JobStepsTests {
  /// What is told as the steps begin that are named.
  private func told(_ seconds: KeyValuePairs<String, Double>, _ steps: [String]) -> [Double] {
    let shares = Mutex<[Double]>([])
    let job = JobSteps(seconds) { _, done in shares.withLock { $0.append(done) } }
    for step in steps { job.begin(step) }
    return shares.withLock { $0 }
  }

  @Test func theShareBehindIsThatOfTheStepsBefore() {
    #expect(
      told(["read": 1, "draw": 2, "write": 1], ["read", "draw", "write"]) == [0, 0.25, 0.75])
  }

  @Test func aStepThatIsLeftOutTakesNoTime() {
    #expect(told(["read": 1, "draw": 0, "write": 1], ["read", "write"]) == [0, 0.5])
  }

  @Test func stepsWithoutTimesAreNoDivisionByZero() { #expect(told(["read": 0], ["read"]) == [0]) }
}
