import Pipelines
public import Accounts
import DataSets
public import Evaluation
import Files
import Foundation
import Scores
import Dataflow

/// The results of a batch; its accounts are written into its folder.
public struct BatchAccount: Sendable {
  /// The content of `run.json`.
  public let run: RunAccount
  /// The scores of the cases with a truth.
  public let scores: ScoreTable
  /// What goes into the patients' charts, of all cases.
  public let measurements: MeasurementTable
  /// The names of the cases that failed in this run; others may have failed in earlier runs.
  public let failed: Set<String>
  /// The number of cases of this run for which nothing had to be done.
  public let reused: Int
  /// The number of cases without a result: not selected or not reached, and not done in earlier runs.
  public let missing: Int
  /// The names of the account files, in the order in which they are written.
  public let fileNames: [String]
  let failures: [FailureRecord]
  let trace: RunTrace

  /// The number of cases with this status, including those of earlier runs that were not selected now.
  public func count(of status: RunAccount.Status) -> Int {
    run.cases.count { $0.status == status }
  }

  private struct Summary: Encodable {
    let formatVersion = 1
    let dataSet: RunAccount.DataSetRecord?
    let pipeline: String
    let cases: [String: Int]
    let scores: ScoreSummaries
    let scoresByKind: [String: ScoreSummaries]
  }

  /// The account files of a batch, in the order in which they are written: first what the next run reads,
  /// last `run.json`. A new one is added here.
  public static let files = [
    AccountFile(BatchFolder.failures) { try JSONFile.write($0.failures, to: $1) },
    AccountFile("summary.json") { try JSONFile.write($0.summary, to: $1) },
    AccountFile(ScoreTable.fileName) { try AtomicFile.write($0.scores.csv.utf8, to: $1) },
    AccountFile(MeasurementTable.fileName) {
      try AtomicFile.write($0.measurements.csv.utf8, to: $1)
    },
    AccountFile("run.json") { try $0.run.write(to: $1) },
  ]

  private var summary: Summary {
    var kinds: [String: [ScoreRecord]] = [:]
    var all: [ScoreRecord] = []
    for (record, row) in scored {
      all.append(record)
      kinds[row, default: []].append(record)
    }
    return Summary(
      dataSet: run.dataSet, pipeline: run.pipeline.name,
      cases: [
        "completed": count(of: .completed), "failed": count(of: .failed), "reused": reused,
        "notRun": missing,
      ],
      scores: ScoreSummaries(all), scoresByKind: kinds.mapValues { ScoreSummaries($0) })
  }

  /// The known scores, with the kind of defect.
  private var scored: [(ScoreRecord, String)] {
    zip(run.cases, kinds).compactMap { record, kind in
      guard let score = record.score, score.failure == nil else { return nil }
      return (score, kind)
    }
  }
  let kinds: [String]
}

extension BatchRun {
  /// The records of all cases: those of this run, and the last ones of the others.
  func account(
    _ outcomes: [Int: CaseOutcome], _ summary: RunSummary, hashing: [RunTrace.Span],
    reused: Int, started: String, seconds: Double
  ) -> BatchAccount {
    var (records, kinds): ([RunAccount.CaseRecord], [String]) = ([], [])
    var failures: [FailureRecord] = []
    var rows: [ScoreTable.Row] = []
    var measured: [MeasurementTable.Case] = []
    var missing = 0
    let known = Dictionary(formerFailures.map { ($0.case, $0) }) { first, _ in first }
    for (index, member) in request.dataSet.members.enumerated() {
      let outcome: CaseOutcome?
      if let reached = outcomes[index], reached.record.status != .cancelled {
        outcome = reached
      } else {
        // A case that failed last counts as failed until it is run again.
        outcome =
          known[member.name].map { former(member, $0) } ?? former(member) ?? outcomes[index]
      }
      if outcome?.record.status ?? .cancelled == .cancelled { missing += 1 }
      guard let outcome else { continue }
      records.append(outcome.record)
      kinds.append(member.kind)
      if let failure = outcome.failure {
        let isNew = outcomes[index]?.failure != nil
        failures.append(
          isNew || known[member.name] == nil
            ? FailureRecord(
              case: member.name, path: member.path, failure: failure, inputSHA256: outcome.sha256,
              rerun: RerunCommand.text(request.command, case: member.name))
            : known[member.name]!)
      }
      if outcome.record.status != .cancelled {
        measured.append(
          MeasurementTable.Case(
            name: name(of: member), kind: member.kind, measurements: outcome.record.chart,
            status: outcome.record.status))
      }
      if member.truth != nil, outcome.record.status != .cancelled {
        rows.append(row(member, outcome))
      }
    }
    var status = RunAccount.Status.completed
    if !failures.isEmpty { status = .failed }
    if outcomes.count < selected.count
      || outcomes.values.contains(where: { $0.record.status == .cancelled })
    {
      status = .cancelled
    }
    let run = RunAccount(
      program: request.program, command: request.command, started: started, seconds: seconds,
      status: status,
      pipeline: RunAccount.PipelineRecord(request.pipeline),
      models: models,
      resources: RunAccount.Resources(
        jobs: request.jobs, memoryLimit: request.memory, peakCountedBytes: summary.peak.bytes,
        peakBytes: HostResources.peakResidentBytes),
      dataSet: RunAccount.DataSetRecord(
        root: request.dataSet.root, layout: request.dataSet.layout.rawValue,
        cases: request.dataSet.members.count,
        shard: request.shard.map { "\($0.index)/\($0.count)" }),
      cases: records)
    return BatchAccount(
      run: run, scores: ScoreTable(rows: rows), measurements: MeasurementTable(cases: measured),
      failed: Set(outcomes.values.filter { $0.record.status == .failed }.map(\.record.name)),
      reused: reused, missing: missing, fileNames: request.accountFiles.map(\.name),
      failures: failures, trace: RunTrace(spans: hashing + spans(of: outcomes)), kinds: kinds)
  }

  /// The name of a case without its kind, which has a column of its own.
  private func name(of member: DataSet.Member) -> String {
    let prefix = member.kind + "/"
    return member.kind.isEmpty || !member.name.hasPrefix(prefix)
      ? member.name : String(member.name.dropFirst(prefix.count))
  }

  private func row(_ member: DataSet.Member, _ outcome: CaseOutcome) -> ScoreTable.Row {
    let score = outcome.record.score
    let prediction = pipeline.prediction?.place(of: member) ?? ""
    return ScoreTable.Row(
      name: name(of: member), kind: member.kind,
      score: score?.caseScore(prediction: prediction, defective: member.path),
      failure: outcome.failure?.message ?? score?.failure?.message, seconds: score?.seconds ?? 0)
  }

  private func spans(of outcomes: [Int: CaseOutcome]) -> [RunTrace.Span] {
    var lanes: [String: RunTrace.Lane] = [:]
    for node in pipeline.graph.nodes {
      guard case .stage(let stage) = node.role else { continue }
      lanes[node.name] = if case .files = stage.lane { .files } else { .compute }
    }
    return outcomes.sorted { $0.key < $1.key }.flatMap { _, outcome in
      outcome.record.stages.compactMap { stage in
        guard let start = stage.startSeconds else { return nil }
        return RunTrace.Span(
          caseName: outcome.record.name, name: stage.name,
          lane: stage.state == .restored ? .files : lanes[stage.name] ?? .compute, start: start,
          seconds: stage.seconds, cores: stage.cores, declaredBytes: stage.declaredBytes,
          outputBytes: stage.outputBytes, state: stage.state.rawValue)
      }
    }
  }
}
