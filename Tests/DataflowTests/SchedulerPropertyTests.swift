import Concurrency
import TestSupport
import Dataflow
import Testing

extension SchedulingTests {
  @Suite(.timeLimit(.minutes(3))) struct SchedulerPropertyTests {
    /// How a case ended, for comparison.
    enum End: Equatable {
      case completed([String: Int])
      case failed
      case refused(Refusal)
      case cancelled

      init(_ result: CaseResult) {
        switch result.outcome {
        case .completed:
          self = .completed(result.outputs.compactMapValues { ($0 as? Score)?.number })
        case .failed: self = .failed
        case .refused(let refusal): self = .refused(refusal)
        case .cancelled: self = .cancelled
        }
      }
    }

    private func ends(
      of graph: StageGraph, cases: Int, limits: Limits, meter: Meter
    ) async throws -> [End] {
      let batch = (0..<cases).map { Case("\($0)", ["seed": Seed(number: $0)]) }
      let (summary, recorder) = try await run(batch, through: graph, limits: limits)
      #expect(summary.peak.bytes <= limits.memoryBytes)
      #expect(meter.peak <= limits.memoryBytes)
      #expect(meter.now == 0)
      #expect(summary.peak.cores <= limits.width)
      #expect(summary.peak.openCases <= limits.width + limits.fileWorkers + 1)
      #expect(recorder.results.map(\.id.index) == Array(0..<cases))
      return recorder.results.map(End.init)
    }

    /// Every case ends, within the limits, and as it does at width 1 with all memory.
    @Test(arguments: 0..<60)
    func randomGraphsEndAlikeAtAnyLimits(seed: Int) async throws {
      let executor = FixedThread()
      func graph(_ meter: Meter) -> StageGraph {
        var random = SplitMix(state: UInt64(seed))
        return randomGraph(&random, isHonest: true, meter: meter, executor: executor)
      }
      let plan = try MemoryPlan(of: graph(Meter()), sources: ["seed": Extent(bytes: 8)])
      let free = Meter()
      let expected = try await ends(
        of: graph(free), cases: 12, limits: Limits(width: 1, memoryBytes: 1 << 30), meter: free)
      #expect(!expected.contains(.cancelled))
      var random = SplitMix(state: UInt64(seed + 1000))
      for width in [1, 2, 3, 8] {
        let meter = Meter()
        let slack = Int.random(in: 0...(2 * plan.peakBytes), using: &random)
        let found = try await ends(
          of: graph(meter), cases: 12,
          limits: Limits(width: width, memoryBytes: plan.peakBytes + slack), meter: meter)
        #expect(found == expected)
      }
      let meter = Meter()
      let refused = try await ends(
        of: graph(meter), cases: 3, limits: Limits(width: 2, memoryBytes: plan.peakBytes - 1),
        meter: meter)
      let refusal = Refusal(
        stage: plan.largest?.stage, neededBytes: plan.peakBytes, limitBytes: plan.peakBytes - 1)
      #expect(refused == Array(repeating: .refused(refusal), count: 3))
    }

    /// Stages whose outputs are larger than predicted: cases may be refused, but all end, within the
    /// limits, and those that complete have the right results.
    @Test(arguments: 0..<60)
    func dishonestStagesNeitherBlockNorBreakTheLimits(seed: Int) async throws {
      let executor = FixedThread()
      func graph(_ meter: Meter) -> StageGraph {
        var random = SplitMix(state: UInt64(seed))
        return randomGraph(&random, isHonest: false, meter: meter, executor: executor)
      }
      let plan = try MemoryPlan(of: graph(Meter()), sources: ["seed": Extent(bytes: 8)])
      let free = Meter()
      let expected = try await ends(
        of: graph(free), cases: 30, limits: Limits(width: 1, memoryBytes: 1 << 30), meter: free)
      for width in [1, 2, 8] {
        let meter = Meter()
        let found = try await ends(
          of: graph(meter), cases: 30,
          limits: Limits(width: width, memoryBytes: plan.peakBytes * 3 / 2), meter: meter)
        for (one, other) in zip(found, expected) {
          if case .refused = one { continue }
          #expect(one == other)
        }
      }
    }
  }
}
