import Accounts
import DataSets
import Files
import Dataflow
import Stages
import VolumeIO

/// What has to be done for a case: for each node, whether its value is not needed, can be read from the
/// cache, or must be made.
struct CasePlan: Sendable {
  /// What has to be done for a node.
  enum State: UInt8, Hashable, Sendable {
    /// The value is not needed: everything that depends on it is there.
    case reused
    /// The value is read from the cache.
    case restored
    case runs
  }

  /// The key of each node's value.
  var keys: [CacheKey]
  /// What has to be done for each node.
  var states: [State]
  /// Why a node has to run, by its index.
  var reasons: [Int: String]
  /// The earlier record of the case, if it still holds for what is reused; of another name if the file was
  /// renamed.
  var former: JournalRecord?
  /// Files to copy, which were written for the same bytes under another name: from, to.
  var copies: [(from: String, to: String)] = []
  /// Whether ``former`` belongs to another name, and the journal has no record of this name.
  var isRenamed = false

  /// Whether there is nothing to do.
  var isDone: Bool { !states.contains { $0 != .reused } }
}

/// Works out what has to be done for cases.
struct CasePlanner: Sendable {
  let pipeline: BatchPipeline
  let journal: BatchJournal
  /// Nil if nothing is cached or reused.
  var cache: ValueCache?
  let folder: String
  /// The names of the cases in the data set: files of these names may be rewritten at any moment.
  let names: Set<String>

  /// The plan of a case.
  ///
  /// - Parameters:
  ///   - sources: the keys of the graph's sources, by their names.
  ///   - inputs: the files of the case with their digests, to explain differences.
  ///   - scores: whether there is a truth.
  ///   - copies: whether files of another name may be copied.
  /// - Complexity: proportional to nodes and edges, and one `stat` per file.
  func plan(
    _ member: DataSet.Member, sources: [String: CacheKey], inputs: [FileRecord], scores: Bool,
    copies: Bool = true
  ) -> CasePlan {
    let nodes = pipeline.graph.nodes
    var keys: [CacheKey] = []
    for (node, recipe) in zip(nodes, pipeline.recipes) {
      var key =
        recipe.map { CacheKey($0, inputs: node.inputs.map { keys[$0.index] }) }
        ?? sources[node.name] ?? CacheKey(of: [node.name])
      if case .stage(let stage) = node.role, stage.holdsCaseName {
        key = CacheKey(of: ["case", member.name, key.description])
      }
      keys.append(key)
    }
    // The bytes that are written also depend on the format, which is that of the case.
    for output in pipeline.outputs {
      let place = output.place(of: member)
      keys[output.node] = CacheKey(of: [
        "written", VolumeEnding.of(place)?.lowercased() ?? "", keys[output.node].description,
      ])
    }
    let former =
      cache == nil
      ? nil : journal.record(of: member.name, sources: sources.mapValues(\.description))
    var plan = CasePlan(
      keys: keys, states: Array(repeating: .reused, count: nodes.count), reasons: [:],
      former: former)
    var needed: [Int: String] = [:]
    for output in pipeline.outputs {
      let key = keys[output.node]
      if copies, let other = former, other.name != member.name, !names.contains(other.name),
        let written = other.outputs.first(where: { $0.key == key.description }),
        reasonToWrite(written, key: key) == nil
      {
        plan.copies.append((written.file, output.place(of: member)))
      } else if let reason = reasonToWrite(output, of: member, key: key, former) {
        needed[output.node] = reason
      }
    }
    if scores, let node = pipeline.score {
      let isThere =
        former?.keys[nodes[node].name] == keys[node].description && former?.score != nil
        && former?.score?.failure == nil
      if !isThere {
        needed[node] =
          former?.score?.failure != nil ? "it failed before" : "its scores are not there"
      }
    }
    for node in nodes.indices.reversed() {
      guard let reason = needed[node], pipeline.recipes[node] != nil,
        case .stage(let stage) = nodes[node].role
      else { continue }
      if stage.storage != nil, let cache, cache.contains(keys[node]) {
        plan.states[node] = .restored
        continue
      }
      plan.states[node] = .runs
      plan.reasons[node] = difference(at: node, keys, inputs, former) ?? reason
      for input in nodes[node].inputs where needed[input.index] == nil {
        let why = cache == nil ? "nothing is reused" : why(input.index)
        needed[input.index] = "\(nodes[node].name) needs its value, and \(why)"
      }
    }
    return plan
  }

  private func why(_ node: Int) -> String {
    guard case .stage(let stage) = pipeline.graph.nodes[node].role else { return "" }
    return stage.storage == nil ? "that is not stored" : "that is not in the cache"
  }

  /// Why a file has to be written; nil if it is up to date.
  private func reasonToWrite(
    _ output: BatchPipeline.Output, of member: DataSet.Member, key: CacheKey,
    _ former: JournalRecord?
  ) -> String? {
    guard cache != nil else { return "nothing is reused" }
    let place = output.place(of: member)
    guard let written = former?.outputs.first(where: { $0.file == place }) else {
      return "\(place) was not written before"
    }
    return reasonToWrite(written, key: key)
  }

  private func reasonToWrite(_ written: JournalRecord.Output, key: CacheKey) -> String? {
    let place = written.file
    let path = "\(folder)/\(place)"
    guard written.key == key.description else { return "it would be another" }
    guard let stamp = written.stamp else {
      return FileStamp(path) == nil ? nil : "\(place) should not be there"
    }
    guard let present = FileStamp(path) else { return "\(place) is missing" }
    if present == stamp { return nil }
    // It may only have been touched or copied; its bytes decide.
    if present.size == stamp.size, (try? InputFile(path).sha256()) == written.sha256 { return nil }
    return "\(place) was changed since"
  }

  /// What has changed in the recipe or the inputs of a stage; nil if nothing has.
  private func difference(
    at node: Int, _ keys: [CacheKey], _ inputs: [FileRecord], _ former: JournalRecord?
  ) -> String? {
    guard let former else { return "this case was not done here before" }
    let place = pipeline.graph.nodes[node]
    guard let key = former.keys[place.name] else { return "the pipeline had no such stage" }
    guard key != keys[node].description else { return nil }
    var found: [String] = []
    if let recipe = pipeline.recipes[node],
      let old = journal.recipes(of: former.pipeline)?[place.name]
    {
      if old.kind != recipe.kind { found.append("stage \(old.kind) → \(recipe.kind)") }
      if old.version != recipe.version {
        found.append("version \(old.version) → \(recipe.version)")
      }
      let names = Set(old.parameters.keys).union(recipe.parameters.keys).sorted()
      for name in names where old.parameters[name] != recipe.parameters[name] {
        let (a, b) = (old.parameters[name] ?? "none", recipe.parameters[name] ?? "none")
        found.append("\(name) \(Self.short(a)) → \(Self.short(b))")
      }
    }
    for input in place.inputs {
      let source = pipeline.graph.nodes[input.index]
      if pipeline.recipes[input.index] == nil {
        // The folder of the outputs is not one of them.
        if let old = former.sources[source.name], old != keys[input.index].description {
          found.append(
            source.name == BatchPipeline.truthSource
              ? "the truth differs"
              : inputs.map(\.sha256) == former.inputs.map(\.sha256)
                ? "--label or --assume-space differs" : "the input file differs")
        }
      } else if former.keys[source.name] != keys[input.index].description {
        found.append("\(source.name) differs")
      }
    }
    return found.isEmpty ? "its place in the pipeline differs" : found.joined(separator: ", ")
  }

  /// A digest is shortened to its first digits.
  private static func short(_ text: String) -> String {
    text.utf8.count == 64 ? text.prefix(8) + "…" : text
  }
}

extension BatchPipeline {
  /// The graph of what has to be done: the stages that run, some of which store their value, and stages that
  /// read cached values.
  ///
  /// In addition to the sources of the whole graph, it has a source named ``entryName(of:)`` for each value
  /// that is stored or read.
  func graph(of states: [CasePlan.State], storing: Bool) -> StageGraph {
    var left = StageGraph()
    var place: [NodeID?] = []
    func add(_ stage: AnyStage, _ name: String, _ inputs: [NodeID]) -> NodeID {
      do { return try left.add(erased: stage, named: name, to: inputs) } catch {
        preconditionFailure("the graph of what is left does not fit: \(error)")
      }
    }
    for (index, node) in graph.nodes.enumerated() {
      switch node.role {
      case .source(let type): place.append(left.source(node.name, erased: type))
      case .stage(let stage):
        let name = node.name
        switch states[index] {
        case .reused: place.append(nil)
        case .restored:
          let entry = left.source(Self.entryName(of: name), of: CacheEntry.self).node
          place.append(add(stage.restored(by: stage.storage!), name, [entry]))
        case .runs:
          let inputs = node.inputs.map { place[$0.index]! }
          if storing, let storage = stage.storage {
            let entry = left.source(Self.entryName(of: name), of: CacheEntry.self).node
            place.append(add(stage.storing(by: storage), name, inputs + [entry]))
          } else {
            place.append(add(stage, name, inputs))
          }
        }
      }
    }
    if let score, let node = place[score] { left.keep(node: node, as: Self.scoreOutput) }
    return left
  }

  /// The name of the source that says where the value of a stage is cached.
  static func entryName(of stage: String) -> String { "entry of \(stage)" }
  /// The name of the output with a case's scores.
  static let scoreOutput = "score"

  /// The nodes that need a cache entry.
  func nodesWithEntries(_ states: [CasePlan.State], storing: Bool) -> [Int] {
    graph.nodes.indices.filter { index in
      guard case .stage(let stage) = graph.nodes[index].role, stage.storage != nil else {
        return false
      }
      return states[index] == .restored || storing && states[index] == .runs
    }
  }
}
