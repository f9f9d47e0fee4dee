import Concurrency
import Dataflow
import Errors
import Testing

extension SchedulingTests {
  /// Batches whose cases come one by one, each with its own graph.
  @Suite(.timeLimit(.minutes(1))) struct OpenBatchTests {
    struct Add: Stage {
      static let kind = "add"
      let number: Int
      func demand(for inputs: [Extent]) -> Demand {
        Demand(peakBytes: 8, output: Extent(bytes: 8))
      }
      func run(_ input: Inputs<Seed>, in context: StageContext) -> Seed {
        Seed(number: input.values.number + number)
      }
    }

    private func layout(adding numbers: [Int]) -> GraphLayout {
      var graph = StageGraph()
      var port = graph.source("seed", of: Seed.self)
      for number in numbers { port = graph.add(Add(number: number), to: port) }
      graph.keep(port, as: "end")
      return GraphLayout(graph)
    }

    @Test func everyCaseGoesThroughItsOwnGraph() async throws {
      let layouts = [layout(adding: []), layout(adding: [1]), layout(adding: [10, 20, 30])]
      let ends = Guarded<[Int: Int]>([:])
      let batch = Scheduler(limits: Limits(width: 2, memoryBytes: 1 << 20)).open { event in
        guard case .caseFinished(let result) = event, let seed = result.outputs["end"] as? Seed
        else { return }
        ends.withLock { $0[result.id.index] = seed.number }
      }
      for index in 0..<300 {
        try batch.submit(
          Case("\(index)", ["seed": Seed(number: 1000 * index)]), through: layouts[index % 3])
        // Some arrive while others run, some after a pause in which nothing is left to do.
        if index % 50 == 49 { try await Task.sleep(for: .milliseconds(5)) }
      }
      batch.endOfCases()
      let summary = await batch.summary()
      #expect(summary.completed == 300)
      let sums = [0, 1, 60]
      #expect(
        ends.withLock { $0 }
          == Dictionary(uniqueKeysWithValues: (0..<300).map { ($0, 1000 * $0 + sums[$0 % 3]) }))
    }

    @Test func aBatchWithoutCasesEndsWhenItIsSaid() async {
      let batch = Scheduler(limits: Limits(width: 1, memoryBytes: 1)).open()
      batch.endOfCases()
      #expect(await batch.summary().completed == 0)
    }

    @Test func whatIsSubmittedAfterAStopIsCancelled() async throws {
      let layout = layout(adding: [1])
      let batch = Scheduler(limits: Limits(width: 1, memoryBytes: 1 << 20)).open()
      batch.stop()
      try batch.submit(Case("late", ["seed": Seed(number: 1)]), through: layout)
      batch.endOfCases()
      let summary = await batch.summary()
      #expect((summary.cancelled, summary.completed) == (1, 0))
    }

    @Test func aCaseThatDoesNotFitItsGraphIsRefusedAtOnce() async throws {
      let layout = layout(adding: [1])
      let batch = Scheduler(limits: Limits(width: 1, memoryBytes: 1 << 20)).open()
      let refusal = #expect(throws: Diagnostic.self) {
        try batch.submit(Case("none", [:]), through: layout)
      }
      #expect(refusal?.code == .caseMismatch)
      batch.endOfCases()
      #expect(await batch.summary().completed == 0)
    }
  }
}
