import Errors
import Dataflow
import Synchronization
import Testing

extension SchedulingTests {
  @Suite(.timeLimit(.minutes(1))) struct SchedulerMemoryTests {
    let meter = Meter()

    /// Declares what it is told to, and makes what it is told to.
    struct Make<Value: StageValue>: Stage {
      static var kind: String { "make" }
      var peakBytes: Int
      var declared: Int
      var made: Int
      var meter: Meter
      func demand(for inputs: [Extent]) -> Demand {
        Demand(peakBytes: peakBytes, output: Extent(bytes: declared))
      }
      func run(_ input: Inputs<Value>, in context: StageContext) throws -> Slab {
        Slab(1, bytes: made, meter)
      }
    }

    @Test func caseThatCannotFitIsRefusedBeforeItStarts() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      let read = graph.add(Read(bytes: 1000, meter: meter), to: seed)
      graph.keep(graph.add(Grow(meter: meter), to: read), as: "slab")
      let cases = [Case("a", (seed, Seed(number: 1)))]
      let fits = try await run(cases, through: graph, limits: Limits(width: 1, memoryBytes: 3000))
      #expect(fits.summary.completed == 1)
      #expect(fits.summary.peak.bytes == 3000)

      let tight = try await run(cases, through: graph, limits: Limits(width: 1, memoryBytes: 2999))
      #expect(tight.summary.refused == 1)
      #expect(tight.summary.peak.bytes == 0)
      let result = try #require(tight.recorder.results.first)
      #expect(result.records.isEmpty && tight.recorder.events.count == 1)
      guard case .refused(let refusal) = result.outcome else {
        Issue.record("\(result.outcome)")
        return
      }
      #expect(refusal == Refusal(stage: "grow", neededBytes: 3000, limitBytes: 2999))
      #expect(
        refusal.diagnostic.description.contains(
          "at most 2999 bytes, found 3000 bytes needed by stage grow"))
    }

    @Test func caseThatTurnsOutTooLargeIsRefusedAndTheRestGoesOn() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      // Within its peak, but larger than the output that was declared; then `grow` wants 3 × 900.
      let made = graph.add(
        Make(peakBytes: 900, declared: 100, made: 900, meter: meter), to: seed)
      graph.keep(graph.add(Grow(meter: meter), to: made), as: "slab")
      let cases = (0..<5).map { Case("\($0)", (seed, Seed(number: $0))) }
      let limits = Limits(width: 2, memoryBytes: 2000)
      let (summary, recorder) = try await run(cases, through: graph, limits: limits)
      #expect(summary.refused == 5)
      #expect(summary.peak.bytes <= 2000)
      #expect(meter.now == 0)
      for result in recorder.results {
        guard case .refused(let refusal) = result.outcome else { continue }
        #expect(refusal == Refusal(stage: "grow", neededBytes: 2700, limitBytes: 2000))
        #expect(result.records.map(\.stage) == ["make"])
        #expect(
          result.records[0].warnings == ["declared an output of at most 100 bytes, made 900"])
      }
    }

    @Test func casesThatWantMoreThanPlannedWaitForEachOther() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      // Plan: 900. Truth: 2700 each, so of several only one can go on at a time under 4000.
      let made = graph.add(
        Make(peakBytes: 900, declared: 100, made: 900, meter: meter), to: seed)
      _ = graph.add(Grow(meter: meter), to: made)
      let cases = (0..<20).map { Case("\($0)", (seed, Seed(number: $0))) }
      let limits = Limits(width: 2, memoryBytes: 4000)
      let (summary, recorder) = try await run(cases, through: graph, limits: limits)
      #expect(summary.completed + summary.refused == 20)
      #expect(summary.completed > 0)
      #expect(summary.peak.bytes <= 4000 && meter.peak <= 4000)
      #expect(recorder.results.filter(\.isCompleted).allSatisfy { $0.records.count == 2 })
    }

    @Test(arguments: [(memory: 4000, together: 1), (memory: 100_000, together: 2)])
    func branchesRunBesideEachOtherWhereMemoryAllows(memory: Int, together: Int) async throws {
      let gate = Gate(of: together)
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      let read = graph.add(Read(bytes: 1000, meter: meter), to: seed)
      let one = graph.add(Meet(gate: gate), named: "one", to: read)
      let two = graph.add(Meet(gate: gate), named: "two", to: read)
      graph.keep(graph.add(Differ(), to: one, two), as: "score")
      let (summary, recorder) = try await run(
        [Case("a", (seed, Seed(number: 5)))], through: graph,
        limits: Limits(width: 2, memoryBytes: memory))
      #expect(summary.completed == 1)
      #expect(summary.peak.stages == together)
      #expect(recorder.results.first?.outputs["score"] as? Score == Score(number: 0))
    }

    /// Waits until `count` of its kind run at one time.
    final class Gate: Sendable {
      let count: Int
      private let inside = Atomic<Int>(0)
      init(of count: Int) { self.count = count }
      func pass(_ context: StageContext) throws {
        inside.add(1, ordering: .relaxed)
        while inside.load(ordering: .relaxed) < count {
          try context.checkCancellation()
          pause(microseconds: 50)
        }
      }
    }

    struct Meet: Stage {
      static let kind = "meet"
      var gate: Gate
      func demand(for inputs: [Extent]) -> Demand {
        Demand(peakBytes: 2 * inputs[0].bytes, output: inputs[0])
      }
      func run(_ input: Inputs<Slab>, in context: StageContext) throws -> Slab {
        try gate.pass(context)
        return input.values
      }
    }

    @Test func lastUserMayChangeAValueInPlace() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      let bytes = graph.add(Fill(count: 1 << 20), to: seed)
      let first = graph.add(Mark(at: 0), to: bytes)
      let second = graph.add(Mark(at: 1), to: first)
      graph.keep(graph.add(Mark(at: 2), to: second), as: "marked")
      // A second user of `second`: the third mark is not its last user, or not its only one.
      let other = graph.add(Mark(at: 3), to: second)
      graph.keep(other, as: "other")
      let (_, recorder) = try await run(
        [Case("a", (seed, Seed(number: 0)))], through: graph,
        limits: Limits(width: 1, memoryBytes: 100 << 20))
      let result = try #require(recorder.results.first)
      #expect(
        result.records.dropFirst().map { $0.notes["in place"] } == [
          .flag(true), .flag(true), .flag(false), .flag(true),
        ])
      #expect((result.outputs["marked"] as? Row)?.bytes.prefix(4) == [1, 1, 1, 0])
      #expect((result.outputs["other"] as? Row)?.bytes.prefix(4) == [1, 1, 0, 1])
    }

    struct Row: StageValue {
      static let kind = "row"
      var bytes: [UInt8]
      // Four words: a value that an existential keeps in a box of its own.
      var padding: (Int, Int, Int) = (0, 0, 0)
      var extent: Extent { Extent(bytes: bytes.count) }
    }

    struct Fill: Stage {
      static let kind = "fill"
      var count: Int
      func demand(for inputs: [Extent]) -> Demand {
        Demand(peakBytes: count, output: Extent(bytes: count))
      }
      func run(_ input: Inputs<Seed>, in context: StageContext) -> Row {
        Row(bytes: Array(repeating: 0, count: count))
      }
    }

    struct Mark: Stage {
      static let kind = "mark"
      var at: Int
      func demand(for inputs: [Extent]) -> Demand {
        Demand(peakBytes: inputs[0].bytes, output: inputs[0])
      }
      func run(_ input: consuming Inputs<Row>, in context: StageContext) -> Row {
        var row = input.take()
        let before = row.bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
        row.bytes[at] = 1
        let after = row.bytes.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
        context.note("in place", .flag(before == after))
        return row
      }
    }

    @Test func resultsCountUntilTheObserverHasSeenThem() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      graph.keep(graph.add(Read(bytes: 1000, meter: meter), to: seed), as: "slab")
      let cases = (0..<50).map { Case("\($0)", (seed, Seed(number: $0))) }
      let limits = Limits(width: 2, memoryBytes: 3 * 1008)
      let meter = meter
      let batch = try Scheduler(limits: limits).start(cases, through: graph) { event in
        guard case .caseFinished = event else { return }
        // A slow observer; were its backlog not counted, fifty slabs would pile up.
        for _ in 0..<20 where meter.now < 3000 { pause(microseconds: 100) }
      }
      let summary = await batch.summary()
      #expect(summary.completed == 50)
      #expect(meter.peak <= 3000)
      #expect(meter.now == 0)
    }
  }
}
