import Concurrency
import Dataflow
import Errors
import Synchronization
import Testing

extension SchedulingTests {
  @Suite(.timeLimit(.minutes(1))) struct SchedulerEventTests {
    @Test func casesAreCheckedBeforeAnythingRuns() {
      let graph = diamond(bytes: 10, meter: Meter(), executor: FixedThread())
      let scheduler = Scheduler(limits: Limits(width: 1, memoryBytes: 1 << 20))
      func problem(_ values: [String: any StageValue]) -> String? {
        let good = Case("good", ["seed": Seed(number: 1)])
        return #expect(throws: Diagnostic.self) {
          try scheduler.start([good, Case("bad", values)], through: graph) { _ in
            Issue.record("a stage ran")
          }
        }?.description
      }
      let seed = Seed(number: 1)
      #expect(
        problem([:]) == "case bad: source seed: expected a value, found none; give the case one")
      #expect(
        problem(["seed": seed, "sead": seed])
          == "case bad: source sead: expected a source of the graph, found none of this name; did you mean seed?"
      )
      #expect(
        problem(["seed": Score(number: 1)])
          == "case bad: source seed: expected a seed, found a score; give the case a seed")
    }

    @Test func eventsComeInOrderAndNeverTogether() async throws {
      let inside = Atomic<Int>(0)
      let recorder = Recorder()
      let meter = Meter()
      let graph = diamond(bytes: 1000, meter: meter, failing: 5, executor: FixedThread())
      let cases = (0..<100).map { Case("\($0)", ["seed": Seed(number: $0)]) }
      let batch = try Scheduler(limits: Limits(width: 4, memoryBytes: 1 << 20)).start(
        cases, through: graph
      ) { event in
        if inside.add(1, ordering: .relaxed).newValue != 1 { Issue.record("two at one time") }
        recorder.record(event)
        inside.subtract(1, ordering: .relaxed)
      }
      _ = await batch.summary()

      var running: [Int: Set<String>] = [:]
      var begun: Set<Int> = []
      var ended: Set<Int> = []
      for event in recorder.events {
        switch event {
        case .caseStarted(let id):
          #expect(begun.insert(id.index).inserted)
        case .stageStarted(let id, let stage, let cores):
          #expect(begun.contains(id.index) && cores >= 1)
          #expect(running[id.index, default: []].insert(stage).inserted)
        case .progress(let id, let stage, let fraction):
          #expect(running[id.index]?.contains(stage) == true && fraction == 0.5)
        case .stageFinished(let id, let record):
          #expect(running[id.index]?.remove(record.stage) != nil)
          #expect(record.seconds >= 0 && record.startSeconds >= 0)
        case .caseFinished(let result):
          #expect(running[result.id.index, default: []].isEmpty)
          #expect(ended.insert(result.id.index).inserted)
        }
      }
      #expect(begun.count == 100 && ended.count == 100)
    }

    struct Chatter: Stage {
      static let kind = "chatter"
      func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
      func run(_ input: Inputs<Seed>, in context: StageContext) -> Seed {
        for step in 0...100_000 { context.progress(Double(step) / 100_000) }
        context.warn("loud")
        return input.values
      }
    }

    @Test func progressIsCoalesced() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      graph.keep(graph.add(Chatter(), to: seed), as: "end")
      let recorder = Recorder()
      let batch = try Scheduler(limits: Limits(width: 1, memoryBytes: 100)).start(
        [Case("a", (seed, Seed(number: 0)))], through: graph
      ) { event in
        recorder.record(event)
        pause(microseconds: 200)
      }
      _ = await batch.summary()
      let fractions = recorder.events.compactMap { event in
        if case .progress(_, _, let fraction) = event { fraction } else { nil }
      }
      #expect(fractions.count < 5000)
      #expect(fractions == fractions.sorted())
      #expect(fractions.last == 1)
      #expect(recorder.results.first?.records.first?.warnings == ["loud"])
    }

    struct Count: Stage {
      static let kind = "count"
      var started: Counter
      func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
      func run(_ input: Inputs<Seed>, in context: StageContext) -> Seed {
        started.value.add(1, ordering: .relaxed)
        return input.values
      }
    }

    final class Counter: Sendable { let value = Atomic<Int>(0) }

    /// With an observer that does not come back, only so many stages start; the rest follows after.
    @Test func slowObserverHoldsTheBatchBack() async throws {
      let started = Counter()
      let isOpen = Atomic<Bool>(false)
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      graph.keep(graph.add(Count(started: started), to: seed), as: "end")
      let cases = (0..<5000).map { Case("\($0)", (seed, Seed(number: $0))) }
      let batch = try Scheduler(limits: Limits(width: 2, memoryBytes: 1 << 20)).start(
        cases, through: graph
      ) { _ in
        while !isOpen.load(ordering: .acquiring) { pause(microseconds: 100) }
      }
      var last = -1
      while started.value.load(ordering: .relaxed) != last {
        last = started.value.load(ordering: .relaxed)
        try await Task.sleep(for: .milliseconds(50))
      }
      // Each case has four events and a count of bytes that is given back.
      #expect(last > 100 && last <= 1024)
      isOpen.store(true, ordering: .releasing)
      let summary = await batch.summary()
      #expect(summary.completed == 5000)
    }

    @Test func graphWithoutStagesCompletes() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      graph.keep(seed, as: "same")
      let cases = (0..<3000).map { Case("\($0)", (seed, Seed(number: $0))) }
      let (summary, recorder) = try await run(
        cases, through: graph, limits: Limits(width: 1, memoryBytes: 20))
      #expect(summary.completed == 3000)
      #expect(recorder.results.last?.outputs["same"] as? Seed != nil)
      let none = try await run([], through: graph, limits: Limits(width: 1, memoryBytes: 0))
      #expect(none.summary.completed == 0 && none.recorder.events.isEmpty)
    }
  }
}
