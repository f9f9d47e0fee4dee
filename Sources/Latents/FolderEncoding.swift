import Accounts
import BetaVAE
public import Completion
public import Concurrency
public import DataSets
import Dataflow
import Dispatch
import Errors
import Files
import Foundation
public import Skulls
import Stages
public import VolumeIO
import Volumes

/// Encodes every skull below a folder.
///
/// Of CTs and masks the bone is taken by `BoneRule`.
/// The table depends on the files and the model alone, not on the number of jobs.
public struct FolderEncoding: Sendable {
  public let model: LoadedLatentModel
  public let folder: LabelledFolder
  /// How scans are laid into the network's field of view.
  public var rule = FramingRule.fieldOfView
  public var reading = ReadOptions()
  public var jobs = HostResources.usableCores
  /// The most bytes of memory to take.
  public var memory = HostResources.plannedMemory

  /// What came of a folder.
  public struct Outcome: Sendable {
    /// The volumes that could be encoded, by name.
    public var table: LatentTable
    /// The volumes that could not, with one sentence each.
    public var failures: [(path: String, error: String)]
    /// What a user should know, with the file that it is about.
    public var warnings: [(path: String, sentence: String)]
    /// Whether all volumes were looked at.
    public var isComplete: Bool
    /// Volumes that were worked on at one time: as many as jobs were asked for, or as the memory takes.
    public var jobs: Int
  }

  public init(_ folder: LabelledFolder, by model: LoadedLatentModel) {
    (self.folder, self.model) = (folder, model)
  }

  /// Encodes the volumes.
  ///
  /// - Parameters:
  ///   - token: told to stop, the volumes in work are ended and no other is begun.
  ///   - finished: told the name of each volume that is done, one after another.
  /// - Throws: what the device throws; `Diagnostic` where the numbers cannot be, and with the code
  ///   `memory` where the memory takes none of the volumes.
  /// - Complexity: reading and the network's encoder for each volume; `jobs` of them at a time, or as
  ///   many as the memory takes.
  public func run(
    until token: CancellationToken, finished: @escaping @Sendable (String) -> Void
  ) throws -> Outcome {
    let memory = memory
    VoxelMemory.keepLittle(of: memory)
    let plan = EncodingPlan(model, rule: rule)
    let files = folder.members.map { CaseFile(path: $0.path, reading: reading) }
    let bytes = try files.map { try plan.peakBytes(of: $0) }
    try LatentMemory.require(
      bytes.min() ?? 0, to: "encode a volume", path: model.path, memory: memory)
    let largest = max(1, bytes.filter { $0 <= memory }.max() ?? 1)
    let workers = max(1, min(jobs, folder.members.count, memory / largest))
    let telling = Guarded(finished)
    let results = Workers.map(
      folder.members.count, threads: workers, until: { token.isCancelled }
    ) { index in
      let member = folder.members[index]
      let result = Result {
        try LatentMemory.require(
          bytes[index], to: "encode this volume", path: member.path, memory: memory)
        try VoxelMemory.require(bytes[index])
        return try encode(member, files[index])
      }
      telling.withLock { $0(member.name) }
      return result
    }

    var rows: [LatentTable.Row] = []
    var failures: [(String, String)] = []
    var warnings: [(String, String)] = []
    for (index, member) in folder.members.enumerated() {
      switch results[index] {
      case .success(let (row, sentences)):
        rows.append(row)
        warnings += sentences.map { (member.path, $0) }
      case .failure(let error):
        let text = "\(error)".split(separator: "\n").joined(separator: " ")
        failures.append(
          (member.path, text.hasPrefix(member.path) ? text : "\(member.path): \(text)"))
      case nil: break
      }
    }
    return Outcome(
      table: try LatentTable(latentSize: model.model.latentSize, rows: rows), failures: failures,
      warnings: warnings, isComplete: !results.contains { $0 == nil }, jobs: workers)
  }

  private func encode(
    _ member: LabelledFolder.Member, _ file: CaseFile
  ) throws -> (LatentTable.Row, [String]) {
    let (bone, sentences) = try CaseBone.read(file)
    let (_, posterior, warnings) = try model.model.encode(bone, rule: rule)
    return (
      LatentTable.Row(
        name: member.name, className: member.className, mean: posterior.mean,
        sigma: posterior.sigma),
      sentences + warnings
    )
  }
}
