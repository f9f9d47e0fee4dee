import Concurrency
import Dataflow
import Errors
import Testing

@Suite struct MemoryPlanTests {
  /// Worked out by hand for slabs of 1000 bytes; a seed has 8:
  ///
  ///     stage   held before                  demand  at once
  ///     read    seed                    8      1000     1008
  ///     one     read                 1000      2000     3000
  ///     three   read, one            2000      2000     4000
  ///     judge   one, three           2000         8     2008
  ///     differ  one, three, score    2008         8     2016
  @Test func diamondTakesWhatWasWorkedOutByHand() throws {
    let graph = diamond(bytes: 1000, meter: Meter(), executor: FixedThread())
    let plan = try MemoryPlan(of: graph, sources: ["seed": Extent(bytes: 8)])
    #expect(plan.steps.map(\.stage) == ["read", "one", "three", "judge", "differ"])
    #expect(plan.steps.map(\.kind) == ["read", "grow", "grow", "judge", "differ"])
    #expect(plan.steps.map(\.heldBytes) == [8, 1000, 2000, 2000, 2008])
    #expect(plan.steps.map(\.demand.peakBytes) == [1000, 2000, 2000, 8, 8])
    #expect(plan.steps.map(\.peakBytes) == [1008, 3000, 4000, 2008, 2016])
    #expect(plan.steps.map(\.suffixPeakBytes) == [4000, 4000, 4000, 2016, 2016])
    #expect(plan.sourceBytes == 8)
    #expect(plan.keptBytes == 16)
    #expect(plan.peakBytes == 4000)
    #expect(plan.largest?.stage == "three")
  }

  @Test func unusedValuesAreNotHeld() throws {
    var graph = StageGraph()
    let seed = graph.source("seed", of: Seed.self)
    let read = graph.add(Read(bytes: 500, meter: Meter()), to: seed)
    _ = graph.add(Grow(meter: Meter()), to: read)
    let plan = try MemoryPlan(of: graph, sources: ["seed": Extent(bytes: 8)])
    #expect(plan.keptBytes == 0)
    #expect(plan.peakBytes == 1500)
  }

  @Test func sizesThatOverflowSaturate() throws {
    var graph = StageGraph()
    let seed = graph.source("seed", of: Seed.self)
    graph.keep(graph.add(Read(bytes: .max - 4, meter: Meter()), to: seed), as: "slab")
    let plan = try MemoryPlan(of: graph, sources: ["seed": Extent(bytes: 8)])
    #expect(plan.peakBytes == .max)
  }

  @Test func sourcesAreChecked() {
    let graph = diamond(bytes: 1, meter: Meter(), executor: FixedThread())
    let missing = #expect(throws: Diagnostic.self) { try MemoryPlan(of: graph, sources: [:]) }
    #expect(
      missing?.description
        == "memory plan: source seed: expected a value, found none; give the case one")
    let sources = ["seed": Extent(bytes: 8), "sed": Extent(bytes: 8)]
    let unknown = #expect(throws: Diagnostic.self) { try MemoryPlan(of: graph, sources: sources) }
    #expect(unknown?.field == "source sed" && unknown?.remedy == "did you mean seed?")
  }
}
