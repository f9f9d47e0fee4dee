import Dataflow
import Testing

/// A fact with a number.
private struct Told: StageFact, Equatable { var number: Int }

/// Tells its number, and passes on what it was given.
private struct Tell: Stage {
  static let kind = "tell"
  var number: Int
  func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
  func run(_ input: Inputs<Score>, in context: StageContext) -> Score {
    context.tell(Told(number: number))
    return input.values
  }
}

/// The numbers that the stages before it told, as the digits of one.
private struct Listen: Stage {
  static let kind = "listen"
  static let ports = ["of", "and"]
  func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
  func run(_ input: Inputs<Score, Score>, in context: StageContext) -> Score {
    Score(number: context.inherited.reduce(0) { 10 * $0 + (($1 as? Told)?.number ?? 0) })
  }
}

extension SchedulingTests {
  @Suite(.timeLimit(.minutes(1))) struct SchedulerFactTests {
    /// Facts of stages before a stage, directly or not, reach it in the order of the graph; those beside it do not.
    @Test(arguments: [1, 4]) func stagesKnowTheFactsOfThoseBeforeThem(width: Int) async throws {
      var graph = StageGraph()
      let source = graph.source("score", of: Score.self)
      let first = graph.add(Tell(number: 1), named: "first", to: source)
      let second = graph.add(Tell(number: 2), named: "second", to: first)
      let beside = graph.add(Tell(number: 3), named: "beside", to: first)
      let last = graph.add(Tell(number: 4), named: "last", to: source)
      graph.keep(graph.add(Listen(), named: "both", to: second, last), as: "both")
      graph.keep(graph.add(Listen(), named: "one", to: beside, beside), as: "one")
      graph.keep(graph.add(Listen(), named: "none", to: source, source), as: "none")
      let (_, recorder) = try await run(
        [Case("case", ["score": Score(number: 0)])], through: graph,
        limits: Limits(width: width, memoryBytes: 1000))
      let outputs = recorder.results[0].outputs
      #expect(outputs["both"] as? Score == Score(number: 124))
      #expect(outputs["one"] as? Score == Score(number: 13))
      #expect(outputs["none"] as? Score == Score(number: 0))
    }
  }
}
