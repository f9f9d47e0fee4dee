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
  /// What is written to `run.json`: all cases in the order of the data set.
  public let run: RunAccount
  /// The scores of the cases with a truth.
  public let scores: ScoreTable
  /// What goes into the patients' charts, of all cases.
  public let measurements: MeasurementTable
  /// The names of the cases that failed in this run; others may have failed in earlier runs.
  public internal(set) var failed: Set<String>
  /// The number of cases of this run, in all of its parts, for which nothing had to be done.
  public let reused: Int
  /// How the cases of this process ended; the account may hold those of others too.
  public internal(set) var status: RunAccount.Status
  /// The number of cases without a result: not selected or not reached, and not done in earlier runs.
  public let missing: Int
  /// The names of the account files, in the order in which they are written.
  public let fileNames: [String]
  /// The parts that have not come to their end, if it is done in parts.
  public internal(set) var gaps: [BatchMerge.Gap] = []
  /// What this process did, if it did a part.
  public internal(set) var share: Share?
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

extension BatchAccount {
  /// The account of a batch whose cases have ended as is said.
  ///
  /// - Parameters:
  ///   - cases: of the data set, in its order.
  ///   - ended: how they ended, by their places; a case of which nothing is known is missing.
  ///   - run: the account without cases and status.
  ///   - isCut: whether cases that should have been done were not.
  init(
    of cases: [ListedCase], _ ended: [Int: EndedCase], run: RunAccount, isCut: Bool,
    failed: Set<String>, reused: Int, fileNames: [String], trace: RunTrace
  ) {
    var run = run
    var rows: [ScoreTable.Row] = []
    var measured: [MeasurementTable.Case] = []
    var kinds: [String] = []
    var failures: [FailureRecord] = []
    var missing = 0
    run.cases = []
    for (index, listed) in cases.enumerated() {
      let record = ended[index]?.record
      if record?.status ?? .cancelled == .cancelled { missing += 1 }
      guard let record, let end = ended[index] else { continue }
      run.cases.append(record)
      kinds.append(listed.kind)
      if let failure = end.failure { failures.append(failure) }
      guard record.status != .cancelled else { continue }
      measured.append(
        MeasurementTable.Case(
          name: listed.shortName, kind: listed.kind, measurements: record.chart,
          status: record.status))
      guard listed.isScored else { continue }
      let score = record.score
      rows.append(
        ScoreTable.Row(
          name: listed.shortName, kind: listed.kind,
          score: score?.caseScore(prediction: listed.prediction, defective: record.path),
          failure: end.failure?.failure.message ?? score?.failure?.message,
          seconds: score?.seconds ?? 0))
    }
    run.status = isCut ? .cancelled : failures.isEmpty ? .completed : .failed
    self.init(
      run: run, scores: ScoreTable(rows: rows), measurements: MeasurementTable(cases: measured),
      failed: failed, reused: reused, status: run.status, missing: missing,
      fileNames: fileNames, failures: failures, trace: trace, kinds: kinds)
  }
}

extension BatchRun {
  /// The records of all cases: those of this run, and the last ones of the others.
  func account(
    _ outcomes: [Int: CaseOutcome], _ summary: RunSummary, hashing: [RunTrace.Span],
    reused: Int, started: String, seconds: Double
  ) -> BatchAccount {
    var ended: [Int: EndedCase] = [:]
    let known = Dictionary(formerFailures.map { ($0.case, $0) }) { first, _ in first }
    for (index, member) in request.dataSet.members.enumerated() {
      if let reached = outcomes[index], reached.record.status != .cancelled {
        ended[index] = self.ended(reached, of: member)
        continue
      }
      // A case that failed last counts as failed until it is run again.
      let former = known[member.name]
      guard
        let outcome = former.map({ self.former(member, $0) }) ?? self.former(member)
          ?? outcomes[index]
      else { continue }
      ended[index] = self.ended(outcome, of: member, former)
    }
    var run = Self.header(request, models: models)
    (run.started, run.seconds) = (started, seconds)
    run.resources = resources(summary)
    return BatchAccount(
      of: request.dataSet.members.map { ListedCase($0, of: pipeline) }, ended, run: run,
      isCut: outcomes.count < selected.count
        || outcomes.values.contains { $0.record.status == .cancelled },
      failed: Set(outcomes.values.filter { $0.record.status == .failed }.map(\.record.name)),
      reused: reused, fileNames: request.accountFiles.map(\.name),
      trace: RunTrace(spans: hashing + spans(of: outcomes)))
  }

  /// How a case ended, with what `failures.json` says of it.
  ///
  /// - Parameter former: what it said of it after an earlier run.
  func ended(_ outcome: CaseOutcome, of member: DataSet.Member, _ former: FailureRecord? = nil)
    -> EndedCase
  {
    EndedCase(
      record: outcome.record,
      failure: outcome.failure.map { failure in
        former
          ?? FailureRecord(
            case: member.name, path: member.path, failure: failure, inputSHA256: outcome.sha256,
            rerun: RerunCommand.text(request.command, case: member.name))
      })
  }

  /// The account of a process without cases.
  static func header(_ request: BatchRequest, models: [Note]) -> RunAccount {
    RunAccount(
      program: request.program, command: request.command, started: RunAccount.now, seconds: 0,
      status: .cancelled, pipeline: RunAccount.PipelineRecord(request.pipeline), models: models,
      resources: RunAccount.Resources(
        jobs: request.jobs, memoryLimit: request.memory, peakCountedBytes: 0, peakBytes: 0),
      dataSet: RunAccount.DataSetRecord(
        root: request.dataSet.root, layout: request.dataSet.layout.rawValue,
        cases: request.dataSet.members.count),
      cases: [])
  }

  /// What the process was allowed to use, and used.
  func resources(_ summary: RunSummary) -> RunAccount.Resources {
    RunAccount.Resources(
      jobs: request.jobs, memoryLimit: request.memory, peakCountedBytes: summary.peak.bytes,
      peakBytes: HostResources.peakResidentBytes)
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
