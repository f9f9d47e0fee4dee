import Concurrency
import Dataflow
import Testing

extension SchedulingTests {
  /// Asking the system before a stage begins.
  @Suite(.timeLimit(.minutes(1))) struct SchedulerMemoryCheckTests {
    struct Refused: Error, Equatable { let bytes: Int }

    /// Takes as many bytes as its seed says, and must not run where it would get none.
    struct Take: Stage {
      static let kind = "take"
      let runs: Guarded<[Int]>
      func demand(for inputs: [Extent]) -> Demand {
        Demand(peakBytes: inputs[0].bytes, output: Extent(bytes: 8))
      }
      func run(_ input: Inputs<Slab>, in context: StageContext) -> Seed {
        runs.withLock { $0.append(input.values.number) }
        return Seed(number: input.values.number)
      }
    }

    @Test func aRefusalFailsTheCaseAlone() throws {
      let runs = Guarded<[Int]>([])
      var graph = StageGraph()
      let slab = graph.source("slab", of: Slab.self)
      graph.keep(graph.add(Take(runs: runs), to: slab), as: "end")
      let meter = Meter()
      let sizes = [10, 2000, 30, 1500, 1000]
      let cases = sizes.enumerated().map {
        Case("\($0.offset)", (slab, Slab($0.offset, bytes: $0.element, meter)))
      }
      let recorder = Recorder()
      let scheduler = Scheduler(limits: Limits(width: 2, memoryBytes: 1 << 20)) { bytes in
        if bytes > 1000 { throw Refused(bytes: bytes) }
      }
      let summary = try scheduler.start(cases, through: graph) { recorder.record($0) }.wait()
      #expect(summary.completed == 3 && summary.failed == 2)
      #expect(runs.withLock { $0.sorted() } == [0, 2, 4])
      let refused = recorder.results.compactMap { result -> Refused? in
        if case .failed(let failure) = result.outcome {
          failure.underlying as? Refused
        } else {
          nil
        }
      }
      #expect(refused == [Refused(bytes: 2000), Refused(bytes: 1500)])
    }
  }
}
