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
  /// The files of the case, for accounts; its own comes first.
  let inputs: [FileRecord]
  /// SHA-256 of the truth's own file.
  let truthSHA256: String?
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

  /// SHA-256 of the case's own file.
  var sha256: String? { inputs.first?.sha256 }

  /// The open files of a case. Apart, as the scheduler lets go of them and the rest is kept for the account.
  struct Files: Sendable {
    let own: CaseFile
    let truth: TruthFile
  }

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
  /// A case that another process began and did not end is done from its beginning, whatever is cached of it.
  ///
  /// - Parameters:
  ///   - index: of the case in the data set.
  ///   - copies: whether files that were written for the same bytes under another name may be copied.
  func prepared(_ index: Int, copies: Bool) -> (PreparedCase, PreparedCase.Files) {
    let member = request.dataSet.members[index]
    let begin = ContinuousClock.now
    var file = caseFile(of: member)
    var truth = TruthFile(member.truth, reading: request.reading)
    var inputs: [FileRecord] = []
    var sources: [String: CacheKey] = [:]
    var (plan, failure): (CasePlan?, CaseFailure?)
    do {
      if let trouble = member.trouble { throw trouble }
      func add(_ path: String, _ digest: FileDigest) {
        file.digests[path] = digest
        inputs.append(FileRecord(path: path, bytes: digest.stamp.size, sha256: digest.sha256))
      }
      for input in file.files { add(input.path, try digests.digest(of: input)) }
      // Without the header, the other files of the case are not known. A bad header fails in its stage.
      if let failure = file.headerFailure {
        add(member.path, try digests.digest(of: member.path))
        if failure.code == .transient { throw failure }
      }
      sources[Pipeline.caseSource] = CacheKey(
        of: ["case"] + inputs.map(\.sha256) + [
          "label", request.label.map { "\($0)" } ?? "", "space",
          request.assumedSpace?.rawValue ?? "",
        ] + (request.reading.segment.map { ["segment", $0] } ?? []))
      if member.truth != nil {
        sources[BatchPipeline.truthSource] = truthKey(member, &truth)
      }
      var planner = CasePlanner(
        pipeline: pipeline, journal: journal, cache: cache, folder: request.folder, names: names)
      func planned(copies: Bool) -> CasePlan {
        planner.plan(
          member, sources: sources, inputs: inputs, scores: member.truth != nil,
          copies: copies)
      }
      plan = planned(copies: true)
      if wasCut(index), plan?.isDone == false {
        planner.cache = nil
        plan = planned(copies: false)
      } else if copies {
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
    let item = PreparedCase(
      member: member, inputs: inputs,
      truthSHA256: member.truth.flatMap { truth.digests[$0.path]?.sha256 }, sources: sources,
      plan: plan, failure: failure, begin: begin, end: .now)
    return (item, PreparedCase.Files(own: file, truth: truth))
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
    func add(_ path: String, _ digest: () throws(Diagnostic) -> FileDigest) {
      do throws(Diagnostic) {
        let digest = try digest()
        file.digests[path] = digest
        facts.append(digest.sha256)
      } catch {
        file.failure = file.failure ?? error
        facts.append("unreadable \(path)")
      }
    }
    guard let image = file.image else {
      add(truth.path) { () throws(Diagnostic) in try digests.digest(of: truth.path) }
      return CacheKey(of: facts)
    }
    for part in image.files {
      add(part.path) { () throws(Diagnostic) in try digests.digest(of: part) }
    }
    return CacheKey(of: facts)
  }

  /// The case for the scheduler, with the paths of its files and cached values.
  ///
  /// - Throws: the error of a stage whose demand is unknown.
  func schedulable(
    _ item: PreparedCase, _ files: PreparedCase.Files, _ plan: CasePlan
  ) throws -> Case {
    var places: [String: String] = [:]
    for output in pipeline.outputs {
      places[output.fileName] = "\(request.folder)/\(output.place(of: item.member))"
    }
    var values: [String: any StageValue] = [
      Pipeline.caseSource: files.own,
      Pipeline.folderSource: OutputFolder(path: request.folder, places: places),
    ]
    if pipeline.score != nil { values[BatchPipeline.truthSource] = files.truth }
    if let cache {
      let nodes = pipeline.nodesWithEntries(plan.states, storing: true)
      let extents = nodes.isEmpty ? [:] : try predictedExtents(files.own.extent, files.truth.extent)
      for node in nodes {
        let name = pipeline.graph.nodes[node].name
        values[BatchPipeline.entryName(of: name)] = CacheEntry(
          cache, plan.keys[node], value: extents[name] ?? Extent(bytes: 0))
      }
    }
    return Case(item.member.name, values)
  }

  /// The predicted extent of the value of each stage, by its name.
  private func predictedExtents(_ own: Extent, _ truth: Extent) throws -> [String: Extent] {
    var sources: [String: Extent] = [
      Pipeline.caseSource: own, Pipeline.folderSource: Extent(bytes: 0),
    ]
    if pipeline.score != nil { sources[BatchPipeline.truthSource] = truth }
    let plan = try MemoryPlan(of: pipeline.graph, sources: sources)
    return Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.stage, $0.demand.output) })
  }
}
