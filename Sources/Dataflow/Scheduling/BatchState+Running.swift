import Dispatch
import Concurrency

/// Starting and finishing single stages.
extension BatchState {
  /// Runs a stage on a worker of its lane. Its bytes have been reserved.
  func start(_ node: Int, of item: OpenCase, _ stage: AnyStage) {
    let cores = grantCores(to: node, of: item, stage)
    take(stage.lane.charge(cores))
    let demand = item.memory.demands[node]
    let inputs = Handover(item.start(node))
    let name = item.layout.graph.nodes[node].name
    count(bytes: demand.peakBytes)
    load.stages += 1
    summary.peak.stages = max(summary.peak.stages, load.stages)
    if !item.hasStarted {
      item.hasStarted = true
      post(.caseStarted(item.id))
    }
    post(.stageStarted(item.id, stage: name, cores: cores))

    let report = ProgressReport(item.id, stage: name)
    let context = StageContext(
      caseName: item.id.name, cores: cores, cancellation: item.token,
      inherited: item.facts(before: node),
      report: { [outbox] fraction in
        if report.update(fraction) { outbox.post([.progress(report)]) }
      })
    let index = item.id.index
    let checkMemory = checkMemory
    let job = { @Sendable (worker: Int?) in
      let begin = ContinuousClock.now
      let result: Handover<StageRun.Outcome>
      do {
        try context.checkCancellation()
        try checkMemory(demand.peakBytes)
        let value = try stage.run(inputs.take() ?? [], in: context)
        result = Handover(.success((value, value.extent)))
      } catch {
        _ = inputs.take()
        result = Handover(.failure(error))
      }
      report.close()
      let run = StageRun(
        node: node, cores: cores, context: context, result: result, worker: worker, begin: begin,
        end: ContinuousClock.now)
      self.queue.take {
        self.finish(run, ofCase: index)
        self.advance()
      }
    }
    switch stage.lane {
    case .compute:
      launches.append { [workers] in workers.async { job(nil) } }
    case .files:
      let worker = freeFileWorkers.removeLast()
      launches.append { [thread = fileWorkers[worker]] in thread.submit { job(worker) } }
    case .own(let executor):
      busyExecutors.insert(ObjectIdentifier(executor))
      launches.append { executor.submit { job(nil) } }
    }
  }

  /// Takes the result of a stage that has finished.
  private func finish(_ run: StageRun, ofCase index: Int) {
    guard let item = open.first(where: { $0.id.index == index }),
      let stage = item.layout.stages[run.node]
    else { preconditionFailure("a case ended before its stages") }
    giveBack(run, stage)
    load.stages -= 1
    let demand = item.memory.demands[run.node]
    let before = item.memory.used
    var warnings = run.context.warnings
    let outcome: StageRecord.Outcome
    var outputBytes = 0
    switch run.result.take() {
    case nil: preconditionFailure("a result was taken twice")
    case .success(let (value, extent)):
      outcome = .completed
      outputBytes = extent.bytes
      if extent.bytes > demand.output.bytes {
        warnings.append(
          "declared an output of at most \(demand.output.bytes) bytes, made \(extent.bytes)")
      }
      if item.ending == nil {
        excess += max(0, extent.bytes - demand.peakBytes)
        item.finish(run.node, with: value, extent: extent)
        if let failure = item.demandFailure {
          item.end(as: .failed(failure))
        } else {
          settle(item)
        }
      } else {
        item.abandon(run.node)
      }
    case .failure(let error):
      item.abandon(run.node)
      let wasTold = item.token.isCancelled && error is CancellationError
      outcome = wasTold ? .cancelled : .failed("\(error)")
      if item.ending == nil {
        let failure = StageFailure(
          caseName: item.id.name, stage: item.layout.graph.nodes[run.node].name, kind: stage.kind,
          underlying: error)
        item.end(as: wasTold ? .cancelled : .failed(failure))
      }
    }
    let record = StageRecord(
      stage: item.layout.graph.nodes[run.node].name, kind: stage.kind,
      startSeconds: (run.begin - begun) / .seconds(1), seconds: (run.end - run.begin) / .seconds(1),
      cores: run.cores, declaredBytes: demand.peakBytes, outputBytes: outputBytes,
      notes: run.context.notes, facts: run.context.facts, warnings: warnings, outcome: outcome)
    item.records.append(record)
    post(.stageFinished(item.id, record))
    if let ending = item.ending { item.end(as: ending) }
    count(bytes: item.memory.used - before)
    if item.ending != nil { reserve(item.memory.used, for: item) }
    if item.isDone || item.ending != nil, item.running.isEmpty { close(item) }
  }

  private func giveBack(_ run: StageRun, _ stage: AnyStage) {
    giveBack(stage.lane.charge(run.cores))
    switch stage.lane {
    case .compute: break
    case .files: if let worker = run.worker { freeFileWorkers.append(worker) }
    case .own(let executor): busyExecutors.remove(ObjectIdentifier(executor))
    }
  }

  /// Adds to the bytes in use; negative to subtract.
  func count(bytes: Int) {
    load.bytes += bytes
    summary.peak.bytes = max(summary.peak.bytes, load.bytes)
  }
}

/// What a worker reports about a stage that has finished.
struct StageRun: Sendable {
  /// The value with its size, or the error that the stage threw.
  typealias Outcome = Result<(any StageValue, Extent), any Error>

  let node: Int
  let cores: Int
  let context: StageContext
  let result: Handover<Outcome>
  /// The index of the file worker that ran it; nil on other lanes.
  let worker: Int?
  let begin: ContinuousClock.Instant
  let end: ContinuousClock.Instant
}

/// Passes a value from one thread to another without keeping it alive.
///
/// A closure holds what it captured until it ends. A value taken out of a handover belongs to the
/// taker alone, so it is freed when the taker lets it go.
final class Handover<Value: Sendable>: Sendable {
  private let value: Guarded<Value?>

  init(_ value: Value) { self.value = Guarded(value) }

  func take() -> Value? {
    value.withLock { value in
      defer { value = nil }
      return value
    }
  }
}
