import Dataflow
import Errors
import Testing

@Suite struct GraphTests {
  let meter = Meter()

  @Test func typedEdgesNameTheirNodes() {
    var graph = StageGraph()
    let seed = graph.source("seed", of: Seed.self)
    let read = graph.add(Read(bytes: 1, meter: meter), to: seed)
    let grown = graph.add(Grow(meter: meter), named: "grown", to: read)
    let difference: Port<Score> = graph.add(Differ(), to: grown, read)
    graph.keep(difference, as: "difference")
    #expect(graph.nodes.map(\.name) == ["seed", "read", "grown", "differ"])
    #expect(graph.nodes.map { $0.inputs.map(\.index) } == [[], [0], [1], [2, 1]])
    #expect(graph.nodes.map { $0.output.kind } == ["seed", "slab", "slab", "score"])
    #expect(graph.outputs.map(\.name) == ["difference"])
    #expect(graph.outputs.map(\.node) == [difference.node])
  }

  @Test func nodesOfOneNameAreToldApart() {
    var graph = StageGraph()
    var port = graph.add(Read(bytes: 1, meter: meter), to: graph.source("seed", of: Seed.self))
    for _ in 0..<3 { port = graph.add(Grow(meter: meter), to: port) }
    #expect(graph.nodes.map(\.name) == ["seed", "read", "grow", "grow-2", "grow-3"])
  }

  @Test func chainEqualsSingleStages() async throws {
    var graph = StageGraph()
    let seed = graph.source("seed", of: Seed.self)
    let end = graph.add(
      Chain {
        Read(bytes: 10, meter: meter)
        Grow(meter: meter, by: 2)
        Grow(meter: meter, by: 5)
      }, to: seed)
    graph.keep(end, as: "slab")
    #expect(graph.nodes.map { $0.inputs.map(\.index) } == [[], [0], [1], [2]])
    let one = try await run(
      [Case("a", (seed, Seed(number: 3)))], through: graph,
      limits: Limits(width: 1, memoryBytes: 1000))
    #expect((one.recorder.results.first?.outputs["slab"] as? Slab)?.number == 10)
  }

  @Test func erasedEdgesAreChecked() throws {
    var graph = StageGraph()
    let seed = graph.source("seed", of: Seed.self)
    let read = try graph.add(
      erased: AnyStage(Read(bytes: 1, meter: meter)), named: "read", to: [seed.node])
    func refusal(_ inputs: [NodeID]) -> String? {
      let error = #expect(throws: Diagnostic.self) {
        try graph.add(erased: AnyStage(Differ()), named: "d", to: inputs)
      }
      #expect(error?.code == .graphMismatch)
      return error?.description
    }
    #expect(
      refusal([read]) == "stage d: expected 2 inputs, found 1; connect each of its ports")
    #expect(
      refusal([read, seed.node])
        == "stage d, subtrahend: expected a slab, found a seed from seed; connect a stage that makes a slab"
    )
    #expect(graph.nodes.count == 2)
    let differ = try graph.add(erased: AnyStage(Differ()), named: "d", to: [read, read])
    #expect(differ.index == 2)
  }

  @Test func inputsGetTheirTypesBack() {
    let (seed, score) = (Seed(number: 1), Score(number: 2))
    let slab = Slab(3, bytes: 4, meter)
    #expect(Inputs<Seed>(erased: [seed]).values.number == 1)
    let two = Inputs<Seed, Score>(erased: [seed, score])
    #expect(two.values.0.number == 1 && two.values.1.number == 2)
    let three = Inputs<Score, Slab, Seed>(erased: [score, slab, seed]).take()
    #expect(three.0.number == 2 && three.1.number == 3 && three.2.number == 1)
    #expect(Inputs<Score, Slab, Seed>.types.map { $0.kind } == ["score", "slab", "seed"])
  }

  @Test func portsOfErasedStagesHaveNamesAndTypes() {
    let stage = AnyStage(Differ())
    #expect(stage.kind == "differ")
    #expect(stage.ports.map(\.name) == ["minuend", "subtrahend"])
    #expect(stage.ports.map { $0.type.kind } == ["slab", "slab"])
    #expect(ObjectIdentifier(stage.output) == ObjectIdentifier(Score.self))
    #expect(AnyStage(Grow(meter: meter)).ports.map(\.name) == ["of"])
  }
}
