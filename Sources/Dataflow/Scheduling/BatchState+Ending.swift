extension BatchState {
  /// Ends a case as soon as none of its stages is running, possibly now.
  func end(_ item: OpenCase, as outcome: CaseResult.Outcome) {
    let before = item.memory.used
    item.end(as: outcome)
    count(bytes: item.memory.used - before)
    reserve(item.memory.used, for: item)
    if item.running.isEmpty { close(item) }
  }

  /// Cancels the cases of a stopping batch that have no running stage.
  func endIdleCases() {
    for item in open where item.running.isEmpty { end(item, as: .cancelled) }
    candidate.map { item in
      candidate = nil
      item.end(as: .cancelled)
      conclude(item)
    }
    while nextCase < cases.count, let item = cases[nextCase]?.item {
      guard !outbox.isFull, hasRoomForEntries else { break }
      cases[nextCase] = nil
      summary.cancelled += 1
      post(
        .caseFinished(
          CaseResult(
            id: CaseID(index: nextCase, name: item.name), outputs: [:], records: [],
            outcome: .cancelled)))
      nextCase += 1
    }
  }

  /// Removes a case from the open ones and reports it.
  func close(_ item: OpenCase) {
    open.removeAll { $0 === item }
    conclude(item)
  }

  /// Reports to the observer how a case ended. The bytes of its outputs stay counted until the
  /// observer has seen them.
  func conclude(_ item: OpenCase) {
    let outcome = item.ending ?? .completed
    var outputs: [String: any StageValue] = [:]
    switch outcome {
    case .completed:
      summary.completed += 1
      outputs = item.outputs
    case .failed: summary.failed += 1
    case .refused: summary.refused += 1
    case .cancelled: summary.cancelled += 1
    }
    let held = item.ending == nil ? item.memory.held : 0
    reserved += held - item.reserved
    post(
      .caseFinished(
        CaseResult(id: item.id, outputs: outputs, records: item.records, outcome: outcome)))
    guard held > 0 else { return }
    delivering += held
    entries.append(
      .action {
        self.queue.async {
          self.delivering -= held
          self.reserved -= held
          self.load.bytes -= held
          self.advance()
        }
      })
  }
}
