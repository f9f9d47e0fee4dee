import Accounts
import Concurrency
import Dataflow
import Dispatch
import Files
import Reports
import Stages

/// Writes the pages of cases as they end, one after the other, on a queue of its own: events of the scheduler must not wait
/// for the disk.
final class PageWriter: Sendable {
  private let queue = DispatchQueue(label: "calvaria.pages")
  private let folder: String
  private let title: String?
  /// The account of the run, without cases.
  private let run: RunAccount

  init(_ request: PipelineRun.Request, models: [Note], started: String) {
    (folder, title) = (request.folder, request.title)
    run = RunAccount(
      program: request.program, command: request.command, started: started, seconds: 0,
      status: .completed, pipeline: RunAccount.PipelineRecord(request.pipeline), models: models,
      resources: RunAccount.Resources(
        jobs: request.jobs, memoryLimit: request.memory, peakCountedBytes: 0, peakBytes: 0),
      cases: [])
  }

  /// Writes the page of a case.
  ///
  /// - Parameters:
  ///   - place: the path below the folder of the run.
  ///   - done: gets the record of the case with the page among its files; as failed where it could not be written.
  func write(
    _ record: RunAccount.CaseRecord, showing exhibit: Exhibit, at place: String,
    done: @escaping @Sendable (RunAccount.CaseRecord) -> Void
  ) {
    queue.async { [self] in
      var record = record
      do {
        let page = try CaseReport(of: record, in: run, showing: exhibit, title: title).html()
        try AtomicFile.write(page, to: "\(folder)/\(place)")
        record.outputs.append(
          RunAccount.OutputRecord(
            file: place, bytes: page.count,
            sha256: page.withUnsafeBytes { SHA256.hexDigest(of: $0) },
            measurements: OutputMeasurements()))
        record.outputs.sort { $0.file < $1.file }
      } catch {
        record.fail(CaseFailure(error, path: record.path, stage: nil))
      }
      done(record)
    }
  }

  /// Waits until all pages are written.
  func finish() { queue.sync {} }
}

extension RunAccount.PipelineRecord {
  /// The record of a checked pipeline.
  package init(_ pipeline: Pipeline) {
    self.init(
      name: pipeline.name, file: pipeline.path, sha256: pipeline.sha256,
      stages: pipeline.parameters, warnings: pipeline.warnings)
  }
}
