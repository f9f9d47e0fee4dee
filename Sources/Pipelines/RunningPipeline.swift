public import Accounts
import Concurrency
import Dataflow
import Errors
import Reports
import Stages
import Volumes

/// A started run. At its end, its account is written.
public final class RunningPipeline: Sendable {
  private let run: PipelineRun
  private let batch: RunningBatch
  private let results: Results
  private let started: String
  /// Writes the pages of cases; nil where none are asked for.
  private let pages: PageWriter?

  /// Collects the records of the cases, in their order.
  private final class Results: Sendable {
    private let records = Guarded<[Int: RunAccount.CaseRecord]>([:])
    func add(_ record: RunAccount.CaseRecord, at index: Int) {
      records.withLock { $0[index] = record }
    }
    var all: [RunAccount.CaseRecord] {
      records.withLock { records in records.sorted { $0.key < $1.key }.map(\.value) }
    }
  }

  init(
    _ run: PipelineRun, cases: [Case],
    observer: @escaping @Sendable (RunEvent) -> Void
  ) throws {
    self.run = run
    let results = Results()
    self.results = results
    let started = RunAccount.now
    self.started = started
    let request = run.request
    let isSingle = request.paths.count == 1
    VoxelMemory.keepLittle(of: request.memory)
    let pages = request.reports ? PageWriter(request, models: run.models, started: started) : nil
    self.pages = pages
    let scheduler = Scheduler(
      limits: Limits(width: request.jobs, memoryBytes: request.memory),
      checkMemory: { try VoxelMemory.require($0) })
    batch = try scheduler.start(cases, through: request.pipeline.graph) { event in
      if case .caseFinished(let result) = event {
        let path = request.paths[result.id.index]
        let place = { (name: String) in isSingle ? name : "\(result.id.name)/\(name)" }
        var record = RunAccount.CaseRecord(
          result, path: path, failure: result.failure(of: path),
          alternatives: request.pipeline.alternativeStages, place: place)
        record.warnings = (request.notes[path] ?? []) + record.warnings
        results.add(record, at: result.id.index)
        if let pages, let exhibit = request.pipeline.exhibit(in: result) {
          pages.write(record, showing: exhibit, at: place(CaseReport.fileName)) { record in
            results.add(record, at: result.id.index)
          }
        }
      }
      observer(event)
    }
  }

  /// Lets running stages finish and starts no others.
  public func stop() { batch.stop() }

  /// Waits for the end, writes `run.json` into the folder, and returns its content.
  ///
  /// Blocks the calling thread, which must not be one of a pool; the main thread is fine.
  ///
  /// - Throws: `Diagnostic` if the account cannot be written.
  public func finish() throws -> RunAccount {
    let summary = batch.wait()
    pages?.finish()
    let request = run.request
    let records = results.all
    let status: RunAccount.Status =
      summary.cancelled > 0
      ? .cancelled : records.contains { $0.status == .failed } ? .failed : .completed
    // Stopped half-way, the case may still be the former one's.
    let made = Set(records.flatMap(\.outputs).filter { $0.bytes != nil }.map(\.file))
    // A page that shows the former implant beside the new one is worse than none.
    let removed =
      run.former.removePages(except: made)
      + (status == .cancelled ? [] : run.former.remove(except: made))
    var account = RunAccount(
      program: request.program, command: request.command, started: started,
      seconds: summary.seconds, status: status,
      pipeline: RunAccount.PipelineRecord(request.pipeline),
      models: run.models,
      resources: RunAccount.Resources(
        jobs: request.jobs, memoryLimit: request.memory,
        peakCountedBytes: summary.peak.bytes, peakBytes: HostResources.peakResidentBytes),
      cases: records)
    account.removed = removed.isEmpty ? nil : removed
    try account.write(to: "\(request.folder)/run.json")
    return account
  }
}
