import Concurrency
import Dataflow
import Testing

extension SchedulingTests {
  @Suite(.timeLimit(.minutes(1))) struct SchedulerTests {
    @Test(arguments: [1, 2, 8])
    func batchKeepsItsLimitsAndIsolatesFailures(width: Int) async throws {
      let meter = Meter()
      let executor = FixedThread()
      let bytes = 100_000
      let graph = diamond(bytes: bytes, meter: meter, failing: 7, executor: executor)
      let cases = (0..<200).map { Case("case \($0)", ["seed": Seed(number: $0)]) }
      let limit = 1_000_000
      let (summary, recorder) = try await run(
        cases, through: graph, limits: Limits(width: width, memoryBytes: limit))
      #expect(summary.failed == 28)
      #expect(summary.completed == 172)
      #expect(summary.refused == 0 && summary.cancelled == 0)
      #expect(summary.peak.bytes <= limit)
      #expect(meter.peak <= limit)
      #expect(meter.peak <= summary.peak.bytes)
      #expect(meter.now == 0)
      #expect(summary.peak.cores <= width)
      #expect(recorder.results.map(\.id.index) == Array(0..<200))
      for result in recorder.results {
        let seed = result.id.index
        if case .failed(let failure) = result.outcome {
          #expect(seed > 0 && seed % 7 == 0)
          #expect(failure.stage == "read" && failure.caseName == "case \(seed)")
          #expect(failure.underlying as? TestError == TestError(number: seed))
          #expect(result.outputs.isEmpty)
        } else {
          #expect(result.isCompleted)
          #expect(result.outputs["score"] as? Score == Score(number: 10 * (seed + 1)))
          #expect(result.outputs["difference"] as? Score == Score(number: 2))
          #expect(result.records.count == 5)
        }
      }
    }
  }
}
