import Dispatch
import Concurrency
import Dataflow
import Testing
import Glibc

extension SchedulingTests {
  @Suite(.timeLimit(.minutes(1))) struct SchedulerLaneTests {
    /// Counts how many of a kind run at one time, weighted.
    final class Crowd: Sendable {
      private let state = Guarded((now: 0, most: 0, threads: Set<UInt>(), cores: Set<Int>()))
      func enter(_ weight: Int) {
        state.withLock { state in
          state.now += weight
          state.most = max(state.most, state.now)
          state.threads.insert(currentThread())
          state.cores.insert(weight)
        }
      }
      func leave(_ weight: Int) { state.withLock { $0.now -= weight } }
      var most: Int { state.withLock(\.most) }
      var threads: Int { state.withLock(\.threads).count }
      var cores: Set<Int> { state.withLock(\.cores) }
    }

    struct Visit: Stage {
      static let kind = "visit"
      var crowd: Crowd
      var lane: Lane
      var cores = 1
      var microseconds: UInt32 = 300
      func demand(for inputs: [Extent]) -> Demand {
        Demand(peakBytes: 8, output: Extent(bytes: 8), cores: Cores(most: cores))
      }
      func run(_ input: Inputs<Seed>, in context: StageContext) -> Seed {
        crowd.enter(context.cores)
        pause(microseconds: microseconds)
        crowd.leave(context.cores)
        return input.values
      }
    }

    @Test func everyLaneKeepsItsBound() async throws {
      let (files, computing, engine) = (Crowd(), Crowd(), Crowd())
      let thread = FixedThread()
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      let read = graph.add(Visit(crowd: files, lane: .files), named: "read", to: seed)
      let work = graph.add(Visit(crowd: computing, lane: .compute), named: "work", to: read)
      let infer = graph.add(Visit(crowd: engine, lane: .own(thread)), named: "infer", to: work)
      graph.keep(graph.add(Visit(crowd: files, lane: .files), named: "write", to: infer), as: "w")
      let cases = (0..<100).map { Case("\($0)", (seed, Seed(number: $0))) }
      let (summary, _) = try await run(
        cases, through: graph, limits: Limits(width: 3, memoryBytes: 1 << 20))
      #expect(summary.completed == 100)
      #expect(files.most == 2 && files.threads <= 2)
      #expect(engine.most == 1 && engine.threads == 1)
      #expect(computing.most <= 3)
      #expect(summary.peak.cores <= 3)
      #expect(summary.peak.stages <= 5)
      #expect(summary.peak.openCases <= 6)
    }

    /// Reading one case while another is computed: with one core and sleeping stages, the batch takes
    /// about as long as the longer of the two, not as their sum.
    @Test func filesOverlapComputing() async throws {
      let crowd = Crowd()
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      let read = graph.add(
        Visit(crowd: crowd, lane: .files, microseconds: 5000), named: "read", to: seed)
      graph.keep(
        graph.add(Visit(crowd: crowd, lane: .compute, microseconds: 5000), to: read), as: "v")
      let cases = (0..<10).map { Case("\($0)", (seed, Seed(number: $0))) }
      let (summary, _) = try await run(
        cases, through: graph, limits: Limits(width: 1, memoryBytes: 1 << 20))
      #expect(summary.peak.stages >= 2)
      #expect(crowd.most >= 2)
    }

    @Test(arguments: [1, 2, 4])
    func parallelStageIsChargedForItsCores(width: Int) async throws {
      let crowd = Crowd()
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      let one = graph.add(Visit(crowd: crowd, lane: .compute, cores: 3), to: seed)
      graph.keep(graph.add(Visit(crowd: crowd, lane: .compute, cores: 2), to: one), as: "v")
      let cases = (0..<50).map { Case("\($0)", (seed, Seed(number: $0))) }
      let (summary, recorder) = try await run(
        cases, through: graph, limits: Limits(width: width, memoryBytes: 1 << 20))
      #expect(summary.completed == 50)
      #expect(crowd.most <= width)
      #expect(crowd.cores.allSatisfy { (1...min(3, width)).contains($0) })
      #expect(summary.peak.cores <= width)
      #expect(recorder.results.flatMap(\.records).allSatisfy { (1...3).contains($0.cores) })
    }

    @Test(arguments: [(1, 2), (2, 2), (8, 2), (16, 4), (64, 16)])
    func fileWorkersGrowWithTheCores(width: Int, workers: Int) {
      #expect(Limits(width: width, memoryBytes: 0).fileWorkers == workers)
    }

    @Test func loneCaseGetsEveryCoreThatItCanUse() async throws {
      var graph = StageGraph()
      let seed = graph.source("seed", of: Seed.self)
      graph.keep(graph.add(Visit(crowd: Crowd(), lane: .compute, cores: 6), to: seed), as: "v")
      let (_, recorder) = try await run(
        [Case("a", (seed, Seed(number: 0)))], through: graph,
        limits: Limits(width: 8, memoryBytes: 1 << 20))
      #expect(recorder.results.first?.records.first?.cores == 6)
    }
  }
}

/// A number that differs between threads that live at one time.
private func currentThread() -> UInt {
  pthread_self()
}
