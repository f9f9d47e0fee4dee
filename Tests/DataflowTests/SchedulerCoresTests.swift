import Concurrency
import Dataflow
import Testing

extension SchedulingTests {
  /// How many cores stages are given.
  @Suite(.timeLimit(.minutes(1))) struct SchedulerCoresTests {
    /// Waits, and notes how many cores it was given.
    private struct Work: Stage {
      static let kind = "work"
      var lane = Lane.compute
      var cores = Cores(most: 16)
      var microseconds: UInt32 = 2000
      var bytes = 8
      func demand(for inputs: [Extent]) -> Demand {
        Demand(peakBytes: bytes, output: Extent(bytes: 8), cores: cores)
      }
      func run(_ input: Inputs<Seed>, in context: StageContext) -> Seed {
        pause(microseconds: microseconds)
        return input.values
      }
    }

    /// Read, work, write, each of which can use 16 cores.
    private func line() -> StageGraph {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      let read = graph.add(Work(lane: .files), named: "read", to: seed)
      let work = graph.add(Work(), named: "work", to: read)
      graph.keep(graph.add(Work(lane: .files), named: "write", to: work), as: "w")
      return graph
    }

    private func cores(_ recorder: Recorder, _ stage: String) -> [Int] {
      recorder.results.flatMap(\.records).filter { $0.stage == stage }.map(\.cores)
    }

    @Test(arguments: [1, 2, 8, 16]) func loneCaseGetsTheWholeWidth(width: Int) async throws {
      let (summary, recorder) = try await run(
        [Case("a", ["seed": Seed(number: 1)])], through: line(),
        limits: Limits(width: width, memoryBytes: 1 << 20))
      for stage in ["read", "work", "write"] { #expect(cores(recorder, stage) == [width]) }
      #expect(summary.peak.cores == width)
    }

    /// What ends a case last is its longest chain of stages.
    @Test func theLongestChainOfTheLastCaseGetsTheCores() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      graph.keep(graph.add(Work(), named: "side", to: seed), as: "s")
      var chain = seed
      for name in ["first", "second", "third"] { chain = graph.add(Work(), named: name, to: chain) }
      graph.keep(chain, as: "c")
      let (_, recorder) = try await run(
        [Case("a", ["seed": Seed(number: 1)])], through: graph,
        limits: Limits(width: 4, memoryBytes: 1 << 20))
      #expect(cores(recorder, "first") == [4] && cores(recorder, "second") == [4])
      #expect(cores(recorder, "third") == [2] && cores(recorder, "side") == [2])
    }

    /// A stage for several cores waits for one that is small beside it, and for no other.
    @Test(arguments: [(8, 4), (500, 3)])
    func aLargeStageOfTheLastCaseWaitsForASmallOne(bytes: Int, expected: Int) async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      let short = Work(cores: .one, microseconds: 1000)
      let first = graph.add(short, named: "first", to: seed)
      graph.keep(graph.add(Work(bytes: 1000), named: "large", to: first), as: "l")
      let beside = Work(cores: .one, microseconds: 100_000, bytes: bytes)
      graph.keep(graph.add(beside, named: "beside", to: seed), as: "b")
      let (summary, recorder) = try await run(
        [Case("a", ["seed": Seed(number: 1)])], through: graph,
        limits: Limits(width: 4, memoryBytes: 1 << 20))
      #expect(cores(recorder, "large") == [expected] && summary.completed == 1)
    }

    /// With as many cases at work as there are cores, nobody keeps others waiting by having several.
    @Test func manyCasesShareTheCores() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      graph.keep(graph.add(Work(), named: "work", to: seed), as: "w")
      let cases = (0..<160).map { Case("\($0)", ["seed": Seed(number: $0)]) }
      let (summary, recorder) = try await run(
        cases, through: graph, limits: Limits(width: 16, memoryBytes: 1 << 20))
      let given = cores(recorder, "work")
      #expect(given.count == 160 && summary.peak.stages == 16 && summary.peak.cores == 16)
      // But for the last ones, which have the cores that the others have left.
      #expect(given.filter { $0 == 1 }.count >= 140)
    }

    /// Where files keep the cases coming slowly, the cores go to those that are there.
    @Test func fewCasesAtWorkGetSeveralCores() async throws {
      let cases = (0..<20).map { Case("\($0)", ["seed": Seed(number: $0)]) }
      let (summary, recorder) = try await run(
        cases, through: line(), limits: Limits(width: 16, memoryBytes: 1 << 20))
      #expect(summary.completed == 20)
      #expect(summary.peak.cores <= 16 && summary.peak.stages <= 18)
      let given = cores(recorder, "work")
      #expect(2 * given.reduce(0, +) > 3 * given.count, "\(given)")
      #expect(cores(recorder, "read").contains { $0 > 1 })
    }

    /// A core is given only with the bytes that it takes.
    @Test(arguments: [(0, 1), (500, 1), (1000, 2), (3500, 4), (100_000, 16)])
    func coresTakeTheirBytes(room: Int, expected: Int) async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      let cores = Cores(most: 16, bytesEach: 1000)
      graph.keep(graph.add(Work(cores: cores), named: "work", to: seed), as: "w")
      let plan = try MemoryPlan(of: graph, sources: ["seed": Extent(bytes: 8)])
      let limits = Limits(width: 16, memoryBytes: plan.peakBytes + room)
      let (summary, recorder) = try await run(
        [Case("a", ["seed": Seed(number: 1)])], through: graph, limits: limits)
      let record = try #require(recorder.results.first?.records.first)
      #expect(record.cores == expected)
      #expect(record.declaredBytes == 8 + (expected - 1) * 1000)
      #expect(summary.peak.bytes <= limits.memoryBytes && summary.completed == 1)
    }

    @Test(arguments: [(0, 1), (99, 1), (100, 1), (200, 2), (1650, 16)])
    func coresAreThoseThatHaveEnoughToDo(work: Int, expected: Int) {
      #expect(Cores(for: work, worthwhile: 100).most == expected)
    }
  }
}
