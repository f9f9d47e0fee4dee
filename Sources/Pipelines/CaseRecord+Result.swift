package import Accounts
import Completion
package import Dataflow
import Implants
import Recognition
import Stages
import VoxelOps

extension CaseResult {
  /// Why the case failed; nil if it did not.
  ///
  /// - Parameter path: the case's file, for errors that name none.
  package func failure(of path: String) -> CaseFailure? {
    switch outcome {
    case .completed, .cancelled: nil
    case .failed(let error): CaseFailure(error.underlying, path: path, stage: error.stage)
    case .refused(let refusal):
      CaseFailure(refusal.diagnostic, path: path, stage: refusal.stage)
    }
  }
}

extension RunAccount.CaseRecord {
  /// The account of a case, from its result.
  ///
  /// - Parameters:
  ///   - failure: the value of ``CaseResult/failure(of:)``.
  ///   - alternatives: stages whose findings are not those of the case, with the name that their warnings begin with; empty:
  ///     they are of what is only shown, and left out.
  ///   - place: maps the name of an output to its path below the folder of the run.
  package init(
    _ result: CaseResult, path: String, failure: CaseFailure?, alternatives: [String: String] = [:],
    place: (String) -> String
  ) {
    let status: RunAccount.Status =
      switch result.outcome {
      case .completed: .completed
      case .cancelled: .cancelled
      case .failed, .refused: .failed
      }
    let facts = result.records.flatMap(\.facts)
    let own = result.records.filter { alternatives[$0.stage] == nil }
    self.init(
      name: result.id.name, path: path, status: status,
      reading: facts.lazy.compactMap { $0 as? ScanReading }.first,
      findings: own.lazy.flatMap(\.facts).compactMap { $0 as? CompletionFindings }.first,
      gate: facts.lazy.compactMap { $0 as? GateReport }.first,
      measures: facts.lazy.compactMap { $0 as? ImplantMeasures }.first,
      warnings: result.records.flatMap { record in
        guard let name = alternatives[record.stage] else { return record.warnings }
        return name.isEmpty ? [] : record.warnings.map { "\(name): \($0)" }
      },
      inputs: facts.compactMap { $0 as? FilesRead }.flatMap(\.files).reduce(into: []) {
        files, file in
        if !files.contains(file) { files.append(file) }
      },
      outputs: facts.compactMap { $0 as? WrittenFile }.map {
        RunAccount.OutputRecord(
          file: place($0.name), bytes: $0.byteCount, sha256: $0.sha256,
          measurements: $0.measurements)
      }.sorted { $0.file < $1.file },
      stages: result.records.map {
        RunAccount.StageRecord(
          name: $0.stage, kind: $0.kind, seconds: $0.seconds, startSeconds: $0.startSeconds,
          cores: $0.cores, declaredBytes: $0.declaredBytes, outputBytes: $0.outputBytes,
          state: $0.outcome.state,
          notes: $0.notes)
      })
    if let failure { fail(failure) }
  }
}

extension StageRecord.Outcome {
  /// The state in accounts.
  package var state: RunAccount.StageRecord.State {
    switch self {
    case .completed: .ran
    case .failed: .failed
    case .cancelled: .cancelled
    }
  }
}

extension WrittenFile {
  /// The measurements in the form of accounts.
  package var measurements: OutputMeasurements {
    switch measurement {
    case .mask(let mask):
      OutputMeasurements(
        voxels: mask.voxels, volume: mask.volume, extent: mask.extent,
        centroidIndex: mask.centroidIndex, centroid: mask.centroid)
    case .surface(let triangles, let volume, let area):
      OutputMeasurements(triangles: triangles, volume: volume, area: area)
    case nil: OutputMeasurements()
    }
  }
}
