import Concurrency

/// A case that has begun and not ended: its values, its memory and the stages that could start.
///
/// Belongs to one ``BatchState`` and lives on its queue.
final class OpenCase {
  let id: CaseID
  /// Tells the running stages of this case, and of its batch, to stop.
  let token: CancellationToken
  /// What the case takes and will take.
  var memory: CaseMemory
  /// Bytes that the batch keeps free for this case, those in use included.
  var reserved = 0
  /// Set where the plan turned out larger than what could be reserved: nothing of the case starts
  /// before this many bytes can be.
  var wanted: (bytes: Int, node: Int?)?
  /// Stages whose inputs exist, in the order of the graph.
  private(set) var ready: [Int] = []
  /// Stages that run.
  private(set) var running: [Int] = []
  var records: [StageRecord] = []
  var hasStarted = false
  /// Set once the case is to end as soon as nothing of it runs.
  private(set) var ending: CaseResult.Outcome?

  /// The graph that the case goes through.
  let layout: GraphLayout
  private var values: [(any StageValue)?]
  private var missing: [Int]

  init(
    _ id: CaseID, _ layout: GraphLayout, values sources: [any StageValue],
    token: CancellationToken
  ) {
    (self.id, self.layout, self.token) = (id, layout, token)
    memory = CaseMemory(layout, sources: sources.map(\.extent))
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

  /// Whether every stage is done.
  var isDone: Bool { memory.frontier == layout.count }

  /// Why a stage that is still to run cannot say what it takes; nil where all have.
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

  /// Takes a stage off the ready ones and hands over its inputs. A value that nobody else will use
  /// is given away, so that the stage can be its only owner and change it in place.
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

  /// Takes the value of a stage that ended.
  func finish(_ node: Int, with value: any StageValue, extent: Extent) {
    running.removeAll { $0 == node }
    if memory.uses[node] > 0 { values[node] = value }
    memory.finish(node, output: extent)
    for input in layout.inputs[node] where memory.uses[input] == 0 { values[input] = nil }
    arrive(at: node)
  }

  /// Takes note of a stage that ended without a value.
  func abandon(_ node: Int) {
    running.removeAll { $0 == node }
    memory.abandon(node)
  }

  /// Says that the case ends as soon as nothing of it runs, and frees what no running stage uses.
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
