import Concurrency

/// Deciding which cases open and which stages start.
extension BatchState {
  /// Starts the stages that the limits allow: oldest case first, within a case in the order of the
  /// graph; of the last case those first from which the chain to the end is longest. Opens new cases while workers are left over.
  func startStages() {
    guard !isStopping, !outbox.isFull else { return }
    var mayStartExtras = !open.contains { $0.wanted != nil }
    for item in open where !item.ready.isEmpty {
      startStages(of: item, extras: mayStartExtras)
    }
    while hasRoomForEntries, hasWorkerForEntries, let item = openNextCase() {
      startStages(of: item, extras: mayStartExtras)
      mayStartExtras = mayStartExtras && item.wanted == nil
    }
  }

  private func startStages(of item: OpenCase, extras: Bool) {
    guard item.wanted == nil, item.ending == nil else { return }
    var isWaiting = false
    let chains = item.chains
    let ready =
      isLastCase ? item.ready.sorted { (-chains[$0], $0) < (-chains[$1], $1) } : item.ready
    for node in ready {
      guard let stage = item.layout.stages[node], hasWorker(for: stage) else { continue }
      if isWaiting, !stage.lane.isFiles { continue }
      if isLastCase, waits(node, of: item, stage) {
        // The cores that are free are for it.
        isWaiting = true
        continue
      }
      if node != item.memory.frontier {
        // Out of order: only if the bytes are free.
        guard extras else { continue }
        let peak = item.memory.remainingPeak(with: node).bytes
        guard fits(peak, for: item) else { continue }
        reserve(peak, for: item)
      }
      start(node, of: item, stage)
    }
  }

  /// Whether a stage starts on more cores soon: when one has ended that is small beside it, by the memory that they
  /// declare.
  private func waits(_ node: Int, of item: OpenCase, _ stage: AnyStage) -> Bool {
    let demand = item.memory.demands[node]
    guard !stage.lane.isFiles, demand.cores.most > freeCores else { return false }
    let others = item.running.filter { item.layout.stages[$0]?.lane.isFiles == false }
    return !others.isEmpty
      && others.allSatisfy { item.memory.demands[$0].peakBytes < demand.peakBytes / 4 }
  }

  private func hasWorker(for stage: AnyStage) -> Bool {
    switch stage.lane {
    case .compute: freeCores > 0
    case .files: !freeFileWorkers.isEmpty
    case .own(let executor):
      freeCores > 0 && !busyExecutors.contains(ObjectIdentifier(executor))
    }
  }

  /// Whether the next case to open could start a stage right away.
  private var hasWorkerForEntries: Bool {
    guard
      let layout = candidate?.layout
        ?? (nextCase < cases.count ? cases[nextCase]?.layout : nil)
    else { return false }
    return layout.entries.isEmpty
      || layout.entries.contains { node in layout.stages[node].map(hasWorker) ?? false }
  }

  /// Opens the next case if its peak fits beside what the open cases may still need. Cases open in
  /// order: if small cases could overtake a large one, it might never run.
  private func openNextCase() -> OpenCase? {
    guard open.count < limits.openCases, !open.contains(where: { $0.wanted != nil }) else {
      return nil
    }
    while let item = candidate ?? planNextCase() {
      candidate = nil
      if let failure = item.demandFailure {
        item.end(as: .failed(failure))
        conclude(item)
        guard hasRoomForEntries else { return nil }
        continue
      }
      let peak = item.memory.remainingPeak()
      if peak.bytes > limits.memoryBytes {
        let refusal = refusal(of: peak, in: item)
        item.end(as: .refused(refusal))
        conclude(item)
        guard hasRoomForEntries else { return nil }
        continue
      }
      guard fits(peak.bytes, for: item) else {
        candidate = item
        return nil
      }
      open.append(item)
      reserve(peak.bytes, for: item)
      count(bytes: item.memory.held)
      if item.isDone {
        open.removeLast()
        conclude(item)
        guard hasRoomForEntries else { return nil }
        continue
      }
      return item
    }
    return nil
  }

  /// Takes the next case off the queue and plans it.
  private func planNextCase() -> OpenCase? {
    guard nextCase < cases.count, let next = cases[nextCase] else { return nil }
    // Checked when it was submitted.
    guard let values = try? next.layout.values(of: next.item) else {
      preconditionFailure("a case was not checked")
    }
    cases[nextCase] = nil
    defer { nextCase += 1 }
    return OpenCase(
      CaseID(index: nextCase, name: next.item.name), next.layout, values: values,
      token: CancellationToken(parent: token))
  }

  // MARK: Cases that need more than was planned

  /// Reserves what the case still needs. If that does not fit, the case keeps only what it holds,
  /// so that others can continue, and waits.
  func settle(_ item: OpenCase) {
    let peak = item.memory.remainingPeak()
    if fits(peak.bytes, for: item) {
      reserve(peak.bytes, for: item)
      item.wanted = nil
    } else {
      reserve(item.memory.used, for: item)
      item.wanted = peak
    }
  }

  /// Lets cases that wait for memory continue, oldest first, and refuses those that can never fit.
  func grantWaitingCases() {
    for item in open {
      guard let wanted = item.wanted else { continue }
      if fits(wanted.bytes, for: item) {
        reserve(wanted.bytes, for: item)
        item.wanted = nil
      } else if wanted.bytes > limits.memoryBytes {
        end(item, as: .refused(refusal(of: wanted, in: item)))
      }
    }
  }

  /// Refuses the youngest of the cases that wait for memory if nothing is running that could free
  /// some.
  ///
  /// - Returns: whether a case was refused, so that others may start.
  func refuseAtStandstill() -> Bool {
    guard load.stages == 0, delivering == 0, !isStopping,
      open.allSatisfy({ $0.wanted != nil }), let item = open.last, let wanted = item.wanted
    else { return false }
    end(item, as: .refused(refusal(of: wanted, in: item)))
    return true
  }

  private func refusal(of peak: (bytes: Int, node: Int?), in item: OpenCase) -> Refusal {
    Refusal(
      stage: peak.node.map { item.layout.graph.nodes[$0].name }, neededBytes: peak.bytes,
      limitBytes: limits.memoryBytes)
  }
}
