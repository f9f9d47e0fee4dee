import Errors

/// The memory that one case needs if its stages run one at a time in the order of the graph and
/// each value is freed after its last use.
///
/// The scheduler reserves this peak before it opens a case, so a graph whose peak exceeds the limit
/// can never run. The predicted sizes come from ``Stage/demand(for:)`` and are upper bounds.
public struct MemoryPlan: Sendable {
  public struct Step: Hashable, Sendable {
    public let stage: String
    public let kind: String
    public let demand: Demand
    /// Bytes of the values that are alive before the stage starts, its inputs included.
    public let heldBytes: Int
    /// Peak bytes while the stage runs: those held plus those demanded.
    public let peakBytes: Int
    /// Peak bytes from this stage to the end of the case.
    public let suffixPeakBytes: Int
  }

  /// The stages in the order of the graph.
  public let steps: [Step]
  /// Bytes of the values that the case provides.
  public let sourceBytes: Int
  /// Bytes of the values that are kept at the end.
  public let keptBytes: Int
  /// Peak bytes of the whole case.
  public let peakBytes: Int

  /// The first stage that reaches ``peakBytes``; nil for a graph without stages.
  public var largest: Step? { steps.max { $0.peakBytes < $1.peakBytes } }

  /// Plans a graph.
  ///
  /// - Parameter sources: the size of each source by name.
  /// - Throws: `Diagnostic` if a source has no size or the graph has no source of a name; what
  ///   ``Stage/demand(for:)`` throws.
  /// - Complexity: O(nodes + edges).
  public init(of graph: StageGraph, sources: [String: Extent]) throws {
    let layout = GraphLayout(graph)
    var rest = sources
    var extents: [Extent] = []
    for source in layout.sources {
      let name = graph.nodes[source].name
      guard let extent = rest.removeValue(forKey: name) else {
        throw Diagnostic.missing(source: name, of: "memory plan")
      }
      extents.append(extent)
    }
    if let name = rest.keys.min() {
      throw Diagnostic.unknown(
        source: name, of: "memory plan", among: layout.sources.map { graph.nodes[$0].name })
    }
    try self.init(layout, extents)
  }

  private init(_ layout: GraphLayout, _ sources: [Extent]) throws {
    var memory = CaseMemory(layout, sources: sources)
    if let failure = memory.failure { throw failure.reason }
    sourceBytes = memory.held
    var raw: [(node: Int, demand: Demand, held: Int, peak: Int)] = []
    for node in 0..<layout.count where layout.stages[node] != nil {
      let demand = memory.demands[node]
      raw.append((node, demand, memory.held, memory.held.saturating(plus: demand.peakBytes)))
      memory.start(node)
      memory.finish(node, output: demand.output)
    }
    keptBytes = memory.held
    var steps: [Step] = []
    var suffix = memory.held
    for step in raw.reversed() {
      suffix = max(suffix, step.peak)
      steps.append(
        Step(
          stage: layout.graph.nodes[step.node].name, kind: layout.stages[step.node]?.kind ?? "",
          demand: step.demand, heldBytes: step.held, peakBytes: step.peak,
          suffixPeakBytes: suffix))
    }
    self.steps = steps.reversed()
    peakBytes = max(suffix, sourceBytes)
  }
}

extension Int {
  /// The sum, or `Int.max` on overflow: sizes from a damaged file must not trap.
  func saturating(plus other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
