import Dataflow
import Testing
import Glibc

extension SchedulingTests {
  @Suite(.timeLimit(.minutes(2))) struct SchedulerCostTests {
    struct Nothing: Stage {
      static let kind = "nothing"
      func demand(for inputs: [Extent]) -> Demand {
        Demand(peakBytes: 8, output: Extent(bytes: 8))
      }
      func run(_ input: Inputs<Seed>, in context: StageContext) -> Seed { input.values }
    }

    private func seconds(cases: Int) async throws -> Double {
      var graph = StageGraph()
      var port = graph.source("seed", of: Seed.self)
      for _ in 0..<5 { port = graph.add(Nothing(), to: port) }
      graph.keep(port, as: "end")
      let cases = (0..<cases).map { Case("\($0)", ["seed": Seed(number: $0)]) }
      let batch = try Scheduler(limits: Limits(width: 2, memoryBytes: 1 << 20)).start(
        cases, through: graph)
      let summary = await batch.summary()
      #expect(summary.completed == cases.count)
      return summary.seconds
    }

    /// The aim is 20 µs a stage in a release build on a machine that does nothing else; the bounds
    /// here leave room for debug builds, sanitizers and neighbours.
    @Test func costOfAStageDoesNotDependOnTheNumberOfCases() async throws {
      let begin = clock()
      let few = try await seconds(cases: 500) / (500 * 5)
      let many = try await seconds(cases: 10_000) / (10_000 * 5)
      let processor = Double(clock() - begin) / Double(CLOCKS_PER_SEC) / (10_500 * 5)
      print(
        "scheduling: \(Int(many * 1e9)) ns a stage (500 cases: \(Int(few * 1e9)) ns),",
        "\(Int(processor * 1e9)) ns of processor time")
      #expect(many < 500e-6)
      #expect(many < 8 * few)
    }
  }
}
