import Concurrency

/// A case in progress: its values, its memory and the stages that could start.
///
/// Belongs to one ``BatchState`` and is used only on that batch's queue.
final class OpenCase {
  let id: CaseID
  /// Cancels the running stages of this case; also cancelled with the batch.
  let token: CancellationToken
  /// The memory that the case holds and still needs.
  var memory: CaseMemory
  /// Bytes that the batch has reserved for this case, including those in use.
  var reserved = 0
  /// Set if the case turned out to need more than could be reserved. None of its stages starts
  /// until this many bytes fit.
  var wanted: (bytes: Int, node: Int?)?
  /// Stages whose inputs all exist, in the order of the graph.
  private(set) var ready: [Int] = []
  private(set) var running: [Int] = []
  var records: [StageRecord] = []
  var hasStarted = false
  /// Set if the case will end as soon as none of its stages is running.
  private(set) var ending: CaseResult.Outcome?

  let layout: GraphLayout
  /// For each node, the longest chain of stages from it to the end, itself included. How long a stage takes is not
  /// known; the bytes that it declares stand for it.
  let chains: [Int]
  private var values: [(any StageValue)?]
  private var missing: [Int]

  init(
    _ id: CaseID, _ layout: GraphLayout, values sources: [any StageValue],
    token: CancellationToken
  ) {
    (self.id, self.layout, self.token) = (id, layout, token)
    memory = CaseMemory(layout, sources: sources.map(\.extent))
    var chains = memory.demands.map(\.peakBytes)
    // Consumers come after what they take.
    for node in chains.indices.reversed() {
      let next = layout.consumers[node].map { chains[$0] }.max() ?? 0
      chains[node] = chains[node].saturating(plus: next)
    }
    self.chains = chains
    values = Array(repeating: nil, count: layout.count)
    missing = layout.inputs.map(\.count)
    for (source, value) in zip(layout.sources, sources) {
      if memory.uses[source] > 0 { values[source] = value }
      arrive(at: source)
    }
    for node in 0..<layout.count where layout.stages[node] != nil && missing[node] == 0 {
      if !ready.contains(node) { insertReady(node) }
    }
  }

  var isDone: Bool { memory.frontier == layout.count }

  /// The error of a waiting stage whose demand cannot be determined; nil if there is none.
  var demandFailure: StageFailure? {
    memory.failure.map { node, reason in
      StageFailure(
        caseName: id.name, stage: layout.graph.nodes[node].name,
        kind: layout.stages[node]?.kind ?? "", underlying: reason)
    }
  }

  /// The values that the graph keeps, by name.
  var outputs: [String: any StageValue] {
    var outputs: [String: any StageValue] = [:]
    for (name, node) in layout.graph.outputs { outputs[name] = values[node.index] }
    return outputs
  }

  /// What the stages that a node's inputs come from told, in the order of the graph.
  func facts(before node: Int) -> [any StageFact] {
    let told = records.filter { !$0.facts.isEmpty }
    guard !told.isEmpty else { return [] }
    var needed = Set(layout.inputs[node])
    for index in stride(from: node - 1, through: 0, by: -1) where needed.contains(index) {
      needed.formUnion(layout.inputs[index])
    }
    return needed.sorted().flatMap { index in
      told.first { $0.stage == layout.graph.nodes[index].name }?.facts ?? []
    }
  }

  /// Moves a stage from ready to running and returns its inputs. A value that nobody else will use
  /// is released here, so that the stage becomes its only owner and can change it in place.
  func start(_ node: Int) -> [any StageValue] {
    ready.removeAll { $0 == node }
    running.append(node)
    memory.start(node)
    return layout.inputs[node].map { input in
      guard let value = values[input] else { preconditionFailure("a value was freed too early") }
      if memory.uses[input] == 1 { values[input] = nil }
      return value
    }
  }

  /// Stores the value of a finished stage and frees the inputs that it used last.
  func finish(_ node: Int, with value: any StageValue, extent: Extent) {
    running.removeAll { $0 == node }
    if memory.uses[node] > 0 { values[node] = value }
    memory.finish(node, output: extent)
    for input in layout.inputs[node] where memory.uses[input] == 0 { values[input] = nil }
    arrive(at: node)
  }

  /// Records that a stage ended without a value.
  func abandon(_ node: Int) {
    running.removeAll { $0 == node }
    memory.abandon(node)
  }

  /// Marks the case to end as soon as none of its stages is running, and frees what no running
  /// stage uses.
  func end(as outcome: CaseResult.Outcome) {
    if ending == nil {
      ending = outcome
      token.cancel()
    }
    wanted = nil
    ready = []
    let used = Set(running.flatMap { layout.inputs[$0] })
    for node in 0..<layout.count where memory.isAlive(node) && !used.contains(node) {
      memory.drop(node)
      values[node] = nil
    }
  }

  private func arrive(at node: Int) {
    for consumer in layout.consumers[node] {
      missing[consumer] -= 1
      if missing[consumer] == 0 { insertReady(consumer) }
    }
  }

  private func insertReady(_ node: Int) {
    ready.insert(node, at: ready.firstIndex { $0 > node } ?? ready.count)
  }
}
