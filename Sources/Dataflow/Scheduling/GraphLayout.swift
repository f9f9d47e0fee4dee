import Errors

/// A graph prepared for running: its edges as arrays of node indices, computed once and shared by
/// all cases that run through it.
public struct GraphLayout: Sendable {
  /// The graph that this was made from.
  public let graph: StageGraph
  /// For each node, the nodes at its ports.
  let inputs: [[Int]]
  /// For each node, the nodes that take its value; one that takes it at two ports appears twice.
  let consumers: [[Int]]
  /// How often each value is used: once per port, and once if the case keeps it.
  let uses: [Int]
  /// The nodes whose values the cases provide.
  let sources: [Int]
  /// The stage of each node, nil for a source.
  let stages: [AnyStage?]
  /// The stages that need only sources, with which a case can start.
  let entries: [Int]
  /// For each node, whether it is a stage of the lane ``Lane/files`` whose value a stage of another
  /// lane takes.
  let feedsComputing: [Bool]
  /// Prepares a graph.
  ///
  /// - Complexity: O(nodes + edges).
  public init(_ graph: StageGraph) {
    self.graph = graph
    let inputs = graph.nodes.map { $0.inputs.map(\.index) }
    var consumers = [[Int]](repeating: [], count: graph.nodes.count)
    for (node, inputs) in inputs.enumerated() {
      for input in inputs { consumers[input].append(node) }
    }
    var uses = consumers.map(\.count)
    for output in graph.outputs { uses[output.node.index] += 1 }
    let stages: [AnyStage?] = graph.nodes.map {
      if case .stage(let stage) = $0.role { stage } else { nil }
    }
    let isSource = stages.map { $0 == nil }
    sources = isSource.indices.filter { isSource[$0] }
    entries = inputs.indices.filter { node in
      !isSource[node] && inputs[node].allSatisfy { isSource[$0] }
    }
    func isOfFiles(_ node: Int) -> Bool { stages[node]?.lane.isFiles ?? false }
    feedsComputing = stages.indices.map { node in
      isOfFiles(node) && consumers[node].contains { !isOfFiles($0) }
    }
    (self.inputs, self.consumers, self.uses, self.stages) = (inputs, consumers, uses, stages)
  }

  var count: Int { inputs.count }

  /// The values of a case in the order of `sources`.
  ///
  /// - Throws: `Diagnostic` if they do not match the sources.
  func values(of item: Case) throws(Diagnostic) -> [any StageValue] {
    var byNode: [Int: any StageValue] = [:]
    for (node, value) in item.placed { byNode[node.index] = value }
    var byName = item.named
    var values: [any StageValue] = []
    for source in sources {
      let node = graph.nodes[source]
      guard let value = byNode.removeValue(forKey: source) ?? byName.removeValue(forKey: node.name)
      else { throw .missing(source: node.name, of: "case \(item.name)") }
      guard type(of: value) == node.output else {
        let expected = "a \(node.output.kind)"
        throw Diagnostic(
          .caseMismatch, "case \(item.name)", field: "source \(node.name)", expected: expected,
          found: "a \(type(of: value).kind)", remedy: "give the case \(expected)")
      }
      values.append(value)
    }
    if let name = byName.keys.min() ?? byNode.keys.min().map({ "of node \($0)" }) {
      throw .unknown(
        source: name, of: "case \(item.name)", among: sources.map { graph.nodes[$0].name })
    }
    return values
  }
}
