import Completion
import Pipelines
import Dataflow

/// Where the value of one stage of a case is stored in the cache.
struct CacheEntry: StageValue {
  static let kind = "cache entry"

  let cache: ValueCache
  let key: CacheKey
  /// The predicted grid of the value; no bytes are held.
  let extent: Extent

  init(_ cache: ValueCache, _ key: CacheKey, value: Extent) {
    (self.cache, self.key) = (cache, key)
    var extent = value
    extent.bytes = 0
    self.extent = extent
  }
}

extension AnyStage {
  /// The stage, which also stores its value. It has one more port, for the entry.
  func storing(by storage: ValueStorage) -> AnyStage {
    let stage = self
    return wrapped(
      ports: ports + [PortDeclaration(name: "entry", type: CacheEntry.self)],
      demand: { extents in
        var demand = try stage.demand(for: Array(extents.dropLast()))
        // The stored bytes exist beside the value, when the rest of the work is done.
        demand.peakBytes = max(
          demand.peakBytes,
          demand.output.bytes &+ 3 &* storage.storedBytes(of: demand.output))
        return demand
      },
      run: { inputs, context in
        var inputs = consume inputs
        guard let entry = inputs.removeLast() as? CacheEntry else {
          preconditionFailure("an edge of the graph was not checked")
        }
        let value = try stage.run(consume inputs, in: context)
        let bytes = try storage.stored(value)
        // Who starts from the stored value knows what was found before.
        let findings = (context.facts + context.inherited).lazy
          .compactMap { $0 as? CompletionFindings }.first
        // The memory of this run says nothing about a later one that only reads the value.
        let notes = context.notes.filter { $0.key != Self.measuredNote }
        entry.cache.write(
          .init(
            notes: notes, warnings: context.warnings,
            findings: findings, value: bytes), for: entry.key)
        return value
      })
  }

  /// A stage that reads the value of this stage from the cache, on the file lane.
  ///
  /// - Precondition: the value lies on the grid of the inputs, as for all stages that store their value.
  func restored(by storage: ValueStorage) -> AnyStage {
    let stage = self
    return wrapped(
      ports: [PortDeclaration(name: "entry", type: CacheEntry.self)], lane: .files,
      demand: { extents in
        let value = try stage.demand(for: stage.ports.map { _ in extents[0] }).output
        return Demand(
          peakBytes: value.bytes &+ 2 &* storage.storedBytes(of: value), output: value)
      },
      run: { inputs, context in
        guard let entry = inputs[0] as? CacheEntry else {
          preconditionFailure("an edge of the graph was not checked")
        }
        let stored = try entry.cache.read(entry.key)
        for (name, note) in stored.notes { context.note(name, note) }
        for warning in stored.warnings { context.warn(warning) }
        if let findings = stored.findings { context.tell(findings) }
        do { return try storage.restored(stored.value) } catch {
          entry.cache.remove(entry.key)
          throw CacheMiss(key: entry.key)
        }
      })
  }
}
