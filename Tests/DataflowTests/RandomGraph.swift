import TestSupport
import Dataflow

/// What a stage of a random graph does with its slabs.
struct Recipe: Sendable {
  var id: Int
  var base: Int
  var scratch: Int
  var cores: Int
  var lane: Lane
  var failing: Int
  /// Whether outputs keep to what was declared; if not they are larger, though within the peak.
  var isHonest: Bool
  var meter: Meter

  func demand(for inputs: [Extent]) -> Demand {
    let output = base + inputs.reduce(0) { $0 + $1.bytes } / 4
    return Demand(
      peakBytes: output + scratch, output: Extent(voxels: output, bytes: output),
      cores: Cores(most: cores, bytesEach: base / 8))
  }

  func make(_ numbers: [Int], _ sizes: [Int]) throws -> Slab {
    let number = numbers.reduce(id) { ($0 &* 31 &+ $1) & 0xFFFF_FFFF }
    if number % failing == 0 { throw TestError(number: number) }
    let declared = demand(for: sizes.map { Extent(bytes: $0) })
    if !isHonest, number % 3 == 0 {
      return Slab(number, bytes: declared.peakBytes, meter)
    }
    // A quarter smaller than declared for some; the scratch really exists beside it.
    let bytes = declared.output.bytes - (number % 4 == 0 ? declared.output.bytes / 4 : 0)
    let scratch = Slab(0, bytes: declared.peakBytes - declared.output.bytes, meter)
    return withExtendedLifetime(scratch) { Slab(number, bytes: bytes, meter) }
  }
}

struct Mix1: Stage {
  static let kind = "mix1"
  var recipe: Recipe
  var lane: Lane { recipe.lane }
  func demand(for inputs: [Extent]) -> Demand { recipe.demand(for: inputs) }
  func run(_ input: Inputs<Slab>, in context: StageContext) throws -> Slab {
    try recipe.make([input.values.number], [input.values.extent.bytes])
  }
}

struct Mix2: Stage {
  static let kind = "mix2"
  static let ports = ["a", "b"]
  var recipe: Recipe
  var lane: Lane { recipe.lane }
  func demand(for inputs: [Extent]) -> Demand { recipe.demand(for: inputs) }
  func run(_ input: Inputs<Slab, Slab>, in context: StageContext) throws -> Slab {
    let (a, b) = input.values
    return try recipe.make([a.number, b.number], [a.extent.bytes, b.extent.bytes])
  }
}

struct Mix3: Stage {
  static let kind = "mix3"
  static let ports = ["a", "b", "c"]
  var recipe: Recipe
  var lane: Lane { recipe.lane }
  func demand(for inputs: [Extent]) -> Demand { recipe.demand(for: inputs) }
  func run(_ input: Inputs<Slab, Slab, Slab>, in context: StageContext) throws -> Slab {
    let (a, b, c) = input.values
    return try recipe.make(
      [a.number, b.number, c.number], [a.extent.bytes, b.extent.bytes, c.extent.bytes])
  }
}

/// The score of a slab, so that a result does not hold the slab.
struct Weigh: Stage {
  static let kind = "weigh"
  func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
  func run(_ input: Inputs<Slab>, in context: StageContext) throws -> Score {
    Score(number: input.values.number)
  }
}

/// A graph of up to twelve stages on every lane, some of which fail for some seeds.
func randomGraph(
  _ random: inout SplitMix, isHonest: Bool, meter: Meter, executor: any StageExecutor
) -> StageGraph {
  var graph = StageGraph()
  let seed = graph.source("seed", of: Seed.self)
  var ports = [
    graph.add(Read(bytes: Int.random(in: 1...4000, using: &random), meter: meter), to: seed)
  ]
  for id in 0..<Int.random(in: 1...10, using: &random) {
    let lane = [Lane.compute, .compute, .files, .own(executor)].randomElement(using: &random)!
    let recipe = Recipe(
      id: id, base: Int.random(in: 1...4000, using: &random),
      scratch: Int.random(in: 0...4000, using: &random),
      cores: Int.random(in: 1...4, using: &random), lane: lane,
      failing: Bool.random(using: &random) ? Int.random(in: 5...40, using: &random) : .max,
      isHonest: isHonest, meter: meter)
    func any() -> Port<Slab> { ports.randomElement(using: &random)! }
    switch Int.random(in: 1...3, using: &random) {
    case 1: ports.append(graph.add(Mix1(recipe: recipe), to: any()))
    case 2: ports.append(graph.add(Mix2(recipe: recipe), to: any(), any()))
    default: ports.append(graph.add(Mix3(recipe: recipe), to: any(), any(), any()))
    }
  }
  for (place, port) in ports.enumerated() where place == ports.count - 1 || place % 4 == 1 {
    graph.keep(graph.add(Weigh(), to: port), as: "\(place)")
  }
  return graph
}
