import Accounts
import DataSets
import Errors
import Evaluation
import Pipelines
import Files
import Foundation
import Dataflow
import Stages
import VolumeIO
import Volumes

/// A case whose files are hashed, and what has to be done for it.
struct PreparedCase: Sendable {
  let member: DataSet.Member
  let file: CaseFile
  let truth: TruthFile
  /// The files of the case, for accounts.
  let inputs: [FileRecord]
  /// SHA-256 of the case's own file.
  let sha256: String?
  /// The keys of the sources, by their names.
  let sources: [String: CacheKey]
  /// Nil if the case's file cannot be read.
  var plan: CasePlan?
  /// Why it cannot be read.
  var failure: CaseFailure?
  /// When hashing and planning started.
  let begin: ContinuousClock.Instant
  /// When hashing and planning ended.
  let end: ContinuousClock.Instant

  /// The case, marked as one that cannot be run.
  func failed(_ failure: CaseFailure) -> PreparedCase {
    var item = self
    (item.plan, item.failure) = (nil, failure)
    return item
  }
}

extension BatchRun {
  /// Hashes the files of a case, if this was not done before, and works out what has to be done.
  ///
  /// - Parameter copies: whether files that were written for the same bytes under another name may be
  ///   copied.
  func prepared(_ member: DataSet.Member, copies: Bool) -> PreparedCase {
    let begin = ContinuousClock.now
    var file = caseFile(of: member)
    var truth = TruthFile(member.truth, reading: request.reading)
    var inputs: [FileRecord] = []
    var sources: [String: CacheKey] = [:]
    var (plan, failure): (CasePlan?, CaseFailure?)
    var own: String?
    do {
      if let trouble = member.trouble { throw trouble }
      for path in [member.path] + file.dataPaths {
        let digest = try digests.digest(of: path)
        file.digests[path] = digest
        own = own ?? digest.sha256
        inputs.append(
          FileRecord(path: path, bytes: digest.stamp.size, sha256: digest.sha256))
      }
      // Without the header, the other files of the case are not known. A bad header fails in its stage.
      if let failure = file.headerFailure, failure.code == .transient { throw failure }
      let digests = ([member.path] + file.dataPaths).compactMap { file.digests[$0]?.sha256 }
      sources[Pipeline.caseSource] = CacheKey(
        of: ["case"] + digests + [
          "label", request.label.map { "\($0)" } ?? "", "space",
          request.assumedSpace?.rawValue ?? "",
        ] + (request.reading.segment.map { ["segment", $0] } ?? []))
      if member.truth != nil {
        sources[BatchPipeline.truthSource] = truthKey(member, &truth)
      }
      let planner = CasePlanner(
        pipeline: pipeline, journal: journal, cache: cache, folder: request.folder, names: names)
      func planned(copies: Bool) -> CasePlan {
        planner.plan(
          member, sources: sources, inputs: inputs, scores: member.truth != nil,
          copies: copies)
      }
      plan = planned(copies: true)
      if copies {
        do { try plan?.copyFiles(in: request.folder, as: member.name) } catch let error
          as Diagnostic where error.code == .transient
        {
          // The files were changed since they were written.
          plan = planned(copies: false)
        }
      }
    } catch {
      let stage = pipeline.load.map { pipeline.graph.nodes[$0].name }
      failure = CaseFailure(error, path: member.path, stage: stage)
    }
    return PreparedCase(
      member: member, file: file, truth: truth, inputs: inputs, sha256: own,
      sources: sources, plan: plan, failure: failure, begin: begin, end: .now)
  }

  /// The key of a case's truth, and its digests. A truth that cannot be read also has a key, and fails later.
  private func truthKey(_ member: DataSet.Member, _ file: inout TruthFile) -> CacheKey {
    guard let truth = member.truth else { preconditionFailure("a case without truth has no key") }
    let role =
      switch truth {
      case .implant: "implant"
      case .complete: "complete"
      }
    var facts = ["truth", role] + (request.reading.segment.map { ["segment", $0] } ?? [])
    for path in [truth.path] + file.dataPaths {
      do {
        let digest = try digests.digest(of: path)
        file.digests[path] = digest
        facts.append(digest.sha256)
      } catch {
        file.failure = file.failure ?? error
        facts.append("unreadable \(path)")
      }
    }
    return CacheKey(of: facts)
  }

  /// The case for the scheduler, with the paths of its files and cached values.
  ///
  /// - Throws: the error of a stage whose demand is unknown.
  func schedulable(_ item: PreparedCase, _ plan: CasePlan) throws -> Case {
    var places: [String: String] = [:]
    for output in pipeline.outputs {
      places[output.fileName] = "\(request.folder)/\(output.place(of: item.member))"
    }
    var values: [String: any StageValue] = [
      Pipeline.caseSource: item.file,
      Pipeline.folderSource: OutputFolder(path: request.folder, places: places),
    ]
    if pipeline.score != nil { values[BatchPipeline.truthSource] = item.truth }
    if let cache {
      let nodes = pipeline.nodesWithEntries(plan.states, storing: true)
      let extents = nodes.isEmpty ? [:] : try predictedExtents(item)
      for node in nodes {
        let name = pipeline.graph.nodes[node].name
        values[BatchPipeline.entryName(of: name)] = CacheEntry(
          cache, plan.keys[node], value: extents[name] ?? Extent(bytes: 0))
      }
    }
    return Case(item.member.name, values)
  }

  /// The predicted extent of the value of each stage, by its name.
  private func predictedExtents(_ item: PreparedCase) throws -> [String: Extent] {
    var sources: [String: Extent] = [
      Pipeline.caseSource: item.file.extent, Pipeline.folderSource: Extent(bytes: 0),
    ]
    if pipeline.score != nil { sources[BatchPipeline.truthSource] = item.truth.extent }
    let plan = try MemoryPlan(of: pipeline.graph, sources: sources)
    return Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.stage, $0.demand.output) })
  }
}
