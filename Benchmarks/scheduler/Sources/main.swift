// What scheduling costs: cases of five stages that do nothing, on two threads.
//
//     swift run -c release --package-path Benchmarks/scheduler scheduler-bench [CASES [ROUNDS]]
//
// 10,000 cases and 5 rounds where nothing is said; medians, by the wall clock and in processor time. The
// cost of a stage must not hang on the number of cases, so a twentieth of them is timed too. Cases come in
// once at the start, and one by one as `batch` hands them in.

import Foundation
import Dataflow

struct Number: StageValue {
  static let kind = "number"
  var extent: Extent { Extent(bytes: 8) }
}

struct Nothing: Stage {
  static let kind = "nothing"
  func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
  func run(_ input: Inputs<Number>, in context: StageContext) -> Number { input.values }
}

let stages = 5
let graph = {
  var graph = StageGraph()
  var port = graph.source("number", of: Number.self)
  for _ in 0..<stages { port = graph.add(Nothing(), to: port) }
  graph.keep(port, as: "end")
  return graph
}()
let scheduler = Scheduler(limits: Limits(width: 2, memoryBytes: 1 << 20))

func atOnce(_ cases: [Case]) throws -> RunSummary { try scheduler.start(cases, through: graph).wait() }

func oneByOne(_ cases: [Case]) throws -> RunSummary {
  let layout = GraphLayout(graph)
  let batch = scheduler.open()
  for item in cases { try batch.submit(item, through: layout) }
  batch.endOfCases()
  return batch.wait()
}

func microseconds(_ count: Int, _ run: ([Case]) throws -> RunSummary) throws -> (wall: Double, processor: Double) {
  let cases = (0..<count).map { Case("\($0)", ["number": Number()]) }
  let (begin, ticks) = (ContinuousClock.now, clock())
  let summary = try run(cases)
  let processor = Double(clock() - ticks) / Double(CLOCKS_PER_SEC)
  let wall = (ContinuousClock.now - begin) / .seconds(1)
  guard summary.completed == count else { fatalError("\(summary.completed) of \(count) cases ended well") }
  return (1e6 * wall / Double(count * stages), 1e6 * processor / Double(count * stages))
}

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let (most, rounds) = (numbers.first ?? 10_000, numbers.dropFirst().first ?? 5)
for (name, run) in [("at once", atOnce), ("one by one", oneByOne)] {
  for count in [most / 20, most] {
    _ = try microseconds(count, run)
    let found = try (0..<rounds).map { _ in try microseconds(count, run) }
    func median(_ value: KeyPath<(wall: Double, processor: Double), Double>) -> Double {
      found.map { $0[keyPath: value] }.sorted()[rounds / 2]
    }
    let (wall, processor) = (median(\.wall), median(\.processor))
    let verdict = wall < 20 ? "reached" : "NOT reached"
    print(
      "\(count) cases \(name):", String(format: "%.1f µs a stage (%.1f µs of processor time);", wall, processor),
      "target 20: \(verdict)")
  }
}
