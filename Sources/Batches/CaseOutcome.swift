import Pipelines
import Accounts
import Completion
import DataSets
import Evaluation
import Files
import Dataflow
import Implants
import Recognition
import Stages

/// How a case ended in this run.
struct CaseOutcome: Sendable {
  var record: RunAccount.CaseRecord
  /// SHA-256 of the input.
  var sha256: String?
  /// The record for the journal; nil if the case was not completed.
  var journal: JournalRecord?
  var failure: CaseFailure?
}

extension BatchRun {
  /// The outcome of a case that failed before any stage.
  func failed(_ item: PreparedCase, _ failure: CaseFailure) -> CaseOutcome {
    var outcome = notRun(item)
    outcome.record.fail(failure)
    outcome.failure = failure
    outcome.record.warnings += leftovers(of: item.member.name)
    return outcome
  }

  /// The outcome of a case that was not run.
  func notRun(_ item: PreparedCase) -> CaseOutcome {
    CaseOutcome(
      record: RunAccount.CaseRecord(
        name: item.member.name, path: item.member.path, status: .cancelled, warnings: [],
        inputs: item.inputs, outputs: [], stages: []),
      sha256: item.sha256)
  }

  /// The outcome of a case for which nothing had to be done.
  func reused(_ item: PreparedCase, _ plan: CasePlan) -> CaseOutcome {
    var outcome = notRun(item)
    outcome.record.status = .completed
    outcome.journal = plan.former.flatMap { plan.isRenamed ? $0 : restamped($0) }
    outcome.record.take(plan.former, of: item.member, pipeline)
    outcome.record.stages = pipeline.graph.nodes.indices.compactMap { unneeded($0, plan) }
    return outcome
  }

  /// The record with the present stamps of the files, if they were touched or copied; nil if not.
  private func restamped(_ record: JournalRecord) -> JournalRecord? {
    var present = record
    for i in record.outputs.indices where record.outputs[i].stamp != nil {
      present.outputs[i].stamp = FileStamp("\(request.folder)/\(record.outputs[i].file)")
    }
    let isSame = zip(present.outputs, record.outputs).allSatisfy { $0.stamp == $1.stamp }
    return isSame ? nil : present
  }

  /// The outcome of a case that was not selected now and failed when it was last run.
  func former(_ member: DataSet.Member, _ failure: FailureRecord) -> CaseOutcome {
    var outcome = CaseOutcome(
      record: RunAccount.CaseRecord(
        name: member.name, path: member.path, status: .failed,
        warnings: leftovers(of: member.name), inputs: [], outputs: [], stages: []),
      sha256: failure.inputSHA256)
    outcome.record.fail(failure.failure)
    outcome.failure = failure.failure
    return outcome
  }

  /// Warnings about files of a case from earlier runs, which belong to another input or pipeline.
  func leftovers(of name: String) -> [String] {
    (journal.record(of: name)?.outputs ?? []).filter {
      $0.stamp != nil && FileStamp("\(request.folder)/\($0.file)") != nil
    }.map { "\($0.file) is of an earlier run, of another input or pipeline" }
  }

  /// The last outcome of a case that was not selected now. Nil if there is none, or if the pipeline or its
  /// parameters were different: all cases of an account are made in the same way.
  func former(_ member: DataSet.Member) -> CaseOutcome? {
    guard let record = journal.record(of: member.name), record.pipeline == pipeline.identity else {
      return nil
    }
    var outcome = CaseOutcome(
      record: RunAccount.CaseRecord(
        name: member.name, path: member.path, status: .completed, warnings: [],
        inputs: record.inputs, outputs: [], stages: []),
      journal: record)
    outcome.record.take(record, of: member, pipeline)
    outcome.failure = record.score?.failure
    if let failure = outcome.failure { outcome.record.fail(failure) }
    return outcome
  }

  /// The outcome of a case that was run, including what was reused.
  ///
  /// - Parameter failure: why it failed; nil if it did not.
  func outcome(
    _ result: CaseResult, of item: PreparedCase, _ plan: CasePlan, failure: CaseFailure?
  ) -> CaseOutcome {
    var places: [String: String] = [:]
    for output in pipeline.outputs { places[output.fileName] = output.place(of: item.member) }
    var record = RunAccount.CaseRecord(result, path: item.member.path, failure: failure) {
      places[$0] ?? $0
    }
    record.inputs = item.inputs
    let ran = Dictionary(record.stages.map { ($0.name, $0) }) { first, _ in first }
    record.stages = pipeline.graph.nodes.indices.compactMap { node in
      guard var stage = ran[pipeline.graph.nodes[node].name] else { return unneeded(node, plan) }
      if plan.states[node] == .restored, stage.state == .ran { stage.state = .restored }
      return stage
    }
    var outcome = CaseOutcome(record: record, sha256: item.sha256, failure: failure)
    guard result.isCompleted else {
      if failure != nil { outcome.record.warnings += leftovers(of: item.member.name) }
      return outcome
    }

    let journal = journalRecord(result, of: item, plan)
    outcome.journal = journal
    outcome.record.take(journal, of: item.member, pipeline)
    if let failure = journal.score?.failure {
      outcome.failure = failure
      outcome.record.fail(failure)
    }
    return outcome
  }

  /// The record for the journal of a case that ran, including what was reused.
  private func journalRecord(
    _ result: CaseResult, of item: PreparedCase, _ plan: CasePlan
  ) -> JournalRecord {
    let nodes = pipeline.graph.nodes
    var keys: [String: String] = [:]
    for (node, key) in zip(nodes, plan.keys) { keys[node.name] = key.description }
    var warnings: [String: [String]] = [:]
    for (index, node) in nodes.enumerated() where plan.states[index] == .reused {
      warnings[node.name] = plan.former?.warnings[node.name]
    }
    for record in result.records where !record.warnings.isEmpty {
      warnings[record.stage] = record.warnings
    }
    let written = Dictionary(
      result.records.flatMap(\.facts).compactMap { $0 as? WrittenFile }.map { ($0.name, $0) }
    ) { first, _ in first }
    let outputs = pipeline.places(of: item.member).compactMap {
      output, place -> JournalRecord.Output? in
      guard let file = written[output.fileName] else {
        var former = plan.former?.outputs.first { $0.file == place }
        former?.stamp = FileStamp("\(request.folder)/\(place)")
        return former
      }
      return JournalRecord.Output(
        file: place, key: plan.keys[output.node].description, bytes: file.byteCount,
        sha256: file.sha256,
        stamp: file.sha256 == nil ? nil : FileStamp("\(request.folder)/\(place)"),
        measurements: file.measurements)
    }
    var score: ScoreRecord?
    if let truth = item.member.truth {
      if let assessment = result.outputs[BatchPipeline.scoreOutput] as? CaseAssessment {
        score = ScoreRecord(
          assessment, truth: truth.path, sha256: item.truthSHA256)
      } else {
        score = plan.former?.score
        score?.truth = truth.path
      }
    }
    return JournalRecord(
      name: item.member.name, pipeline: pipeline.identity, keys: keys,
      sources: item.sources.mapValues(\.description), inputs: item.inputs, outputs: outputs,
      score: score,
      reading: result.records.flatMap(\.facts).lazy.compactMap { $0 as? ScanReading }.first
        ?? (plan.former?.sources == item.sources.mapValues(\.description)
          ? plan.former?.reading : nil),
      findings: result.records.flatMap(\.facts).lazy.compactMap { $0 as? CompletionFindings }.first
        ?? plan.former?.findings,
      gate: result.records.flatMap(\.facts).lazy.compactMap { $0 as? GateReport }.first
        ?? plan.former?.gate,
      measures: result.records.flatMap(\.facts).lazy.compactMap { $0 as? ImplantMeasures }.first
        ?? plan.former?.measures,
      warnings: warnings)
  }

  /// The record of a stage that was not needed.
  private func unneeded(_ node: Int, _ plan: CasePlan) -> RunAccount.StageRecord? {
    guard plan.states[node] == .reused, case .stage(let stage) = pipeline.graph.nodes[node].role,
      !pipeline.scoring.contains(node) || plan.former?.score != nil
    else { return nil }
    return RunAccount.StageRecord(
      name: pipeline.graph.nodes[node].name, kind: stage.kind, seconds: 0, cores: 0,
      declaredBytes: 0, outputBytes: 0, state: .reused, notes: [:])
  }
}

extension RunAccount.CaseRecord {
  /// Takes outputs, scores and warnings from the journal.
  fileprivate mutating func take(
    _ record: JournalRecord?, of member: DataSet.Member, _ pipeline: BatchPipeline
  ) {
    guard let record else { return }
    outputs = record.outputs.map {
      RunAccount.OutputRecord(
        file: $0.file, bytes: $0.bytes, sha256: $0.sha256, measurements: $0.measurements)
    }.sorted { $0.file < $1.file }
    warnings = pipeline.graph.nodes.flatMap { record.warnings[$0.name] ?? [] }
    reading = record.reading
    findings = record.findings
    gate = record.gate
    measurements = record.measures.map { ChartMeasurements(record.findings, $0) }
    score = member.truth == nil ? nil : record.score
    if let truth = member.truth { score?.truth = truth.path }
  }
}
