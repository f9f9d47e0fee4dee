import Dataflow
import Synchronization
import Testing

extension SchedulingTests {
  @Suite(.timeLimit(.minutes(1))) struct SchedulerStopTests {
    /// Says that it runs, then waits until it is let go or told to stop.
    final class Door: Sendable {
      let entered = Atomic<Int>(0)
      let isOpen = Atomic<Bool>(false)
      func pass(_ context: StageContext) throws {
        entered.add(1, ordering: .sequentiallyConsistent)
        while !isOpen.load(ordering: .acquiring) {
          try context.checkCancellation()
          pause(microseconds: 50)
        }
      }
      func waitForEntry() async {
        while entered.load(ordering: .acquiring) == 0 { await settle() }
      }
    }

    struct Wait: Stage {
      static let kind = "wait"
      var door: Door
      func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
      func run(_ input: Inputs<Seed>, in context: StageContext) throws -> Seed {
        try door.pass(context)
        return input.values
      }
    }

    let door = Door()
    let cases = (0..<3000).map { Case("\($0)", ["seed": Seed(number: $0)]) }
    let limits = Limits(width: 1, memoryBytes: 1 << 20)

    private func graph(stages: Int) -> StageGraph {
      var graph = StageGraph()
      var port = graph.source("seed", of: Seed.self)
      for _ in 0..<stages { port = graph.add(Wait(door: door), to: port) }
      graph.keep(port, as: "end")
      return graph
    }

    @Test(arguments: [1, 2])
    func stopLetsRunningStagesEnd(stages: Int) async throws {
      let (summary, recorder) = try await run(cases, through: graph(stages: stages), limits: limits)
      {
        await door.waitForEntry()
        $0.stop()
        // Behind the stop in the queue of the scheduler, as far as it can be seen from here.
        await settle()
        door.isOpen.store(true, ordering: .releasing)
      }
      // A case whose last stage was running completes; one with a stage to go does not.
      #expect(summary.completed == (stages == 1 ? 1 : 0))
      #expect(summary.cancelled == cases.count - summary.completed)
      #expect(summary.failed == 0)
      let results = recorder.results
      #expect(results.map(\.id.index) == Array(cases.indices))
      #expect(results[0].records.map(\.outcome) == [.completed])
      #expect(results.dropFirst().allSatisfy { $0.records.isEmpty && $0.outputs.isEmpty })
    }

    @Test func cancelTellsRunningStages() async throws {
      let (summary, recorder) = try await run(cases, through: graph(stages: 2), limits: limits) {
        await door.waitForEntry()
        $0.cancel()
      }
      #expect(summary.completed == 0 && summary.failed == 0)
      #expect(summary.cancelled == cases.count)
      #expect(recorder.results[0].records.map(\.outcome) == [.cancelled])
      #expect(door.entered.load(ordering: .acquiring) == 1)
    }

    @Test func stopAfterTheEndChangesNothing() async throws {
      door.isOpen.store(true, ordering: .releasing)
      let batch = try Scheduler(limits: limits).start(
        Array(cases.prefix(5)), through: graph(stages: 2))
      let summary = await batch.summary()
      batch.cancel()
      #expect(summary.completed == 5)
      #expect(await batch.summary() == summary)
      #expect(batch.load == RunLoad())
    }

    @Test func batchRunsOnWhenNobodyHoldsIt() async throws {
      door.isOpen.store(true, ordering: .releasing)
      let recorder = Recorder()
      let graph = graph(stages: 1)
      await withCheckedContinuation { continuation in
        _ = try? Scheduler(limits: limits).start(cases, through: graph) { event in
          recorder.record(event)
          if case .caseFinished(let result) = event, result.id.index == 2999 {
            continuation.resume()
          }
        }
      }
      #expect(recorder.results.count == 3000)
    }

    struct Break: Stage {
      static let kind = "break"
      var door: Door
      func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
      func run(_ input: Inputs<Seed>, in context: StageContext) throws -> Seed {
        while door.entered.load(ordering: .acquiring) == 0 { pause(microseconds: 50) }
        throw TestError(number: 1)
      }
    }

    @Test func failureStopsTheOtherStagesOfItsCaseOnly() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      graph.keep(graph.add(Wait(door: door), to: seed), as: "waited")
      graph.keep(graph.add(Break(door: door), to: seed), as: "broken")
      let (summary, recorder) = try await run(
        [Case("a", (seed, Seed(number: 0)))], through: graph,
        limits: Limits(width: 2, memoryBytes: 1 << 20))
      #expect(summary.failed == 1)
      let result = try #require(recorder.results.first)
      guard case .failed(let failure) = result.outcome else {
        Issue.record("\(result.outcome)")
        return
      }
      #expect(failure.stage == "break")
      #expect(result.records.map(\.stage) == ["break", "wait"])
      #expect(result.records.last?.outcome == .cancelled)
    }

    struct Give: Stage {
      static let kind = "give"
      func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
      func run(_ input: Inputs<Seed>, in context: StageContext) throws -> Seed {
        throw CancellationError()
      }
    }

    @Test func cancellationThatNobodyAskedForIsAFailure() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      graph.keep(graph.add(Give(), to: seed), as: "given")
      let (summary, _) = try await run(
        [Case("a", (seed, Seed(number: 0)))], through: graph, limits: limits)
      #expect(summary.failed == 1 && summary.cancelled == 0)
    }
  }
}
