import Accounts
import Concurrency
import DataSets
import Dataflow
import Stages

/// How long the cases of a batch are expected to take.
struct CaseCosts {
  /// In seconds, in the order of the data set; as measured when a case was done here before, else by the size of its grid.
  private(set) var seconds: [Double]
  /// Which of them were measured.
  private(set) var isMeasured: [Bool]

  /// What the default pipeline takes on two cores: of any case, and a voxel (`Benchmarks/main-job`; a skull of 512³ voxels).
  private static let (base, perVoxel) = (3.0, 6.5e-8)
  /// A case that cannot be read fails at once.
  private static let unreadable = 0.05

  /// - Complexity: reads the header of each case that was not measured.
  init(of request: BatchRequest, in folder: BatchFolder) {
    let members = request.dataSet.members
    // Only a guide: an account that cannot be read is none.
    let account: TimedCases? = try? RunAccount.read(in: folder.path)
    let known = Dictionary(
      (account?.cases ?? []).compactMap { one in one.seconds.map { (one.name, $0) } }
    ) { first, _ in first }
    let expected = Workers.map(members.count, threads: max(1, request.jobs)) { index in
      let voxels = CaseFile(path: members[index].path, reading: request.reading).extent.voxels
      return voxels > 0 ? Self.base + Self.perVoxel * Double(voxels) : Self.unreadable
    }.map { $0 ?? Self.unreadable }
    // How fast this pipeline is on this machine, by the cases that were measured.
    let ratios = members.indices.compactMap { index in
      known[members[index].name].map { $0 / expected[index] }
    }.sorted()
    let ratio = ratios.isEmpty ? 1 : ratios[ratios.count / 2]
    isMeasured = members.map { known[$0.name] != nil }
    seconds = members.indices.map { known[members[$0].name] ?? expected[$0] * ratio }
  }
}

/// How long the cases of an earlier run took.
private struct TimedCases: Decodable, Sendable {
  struct Case: Decodable, Sendable {
    struct Stage: Decodable, Sendable {
      let seconds: Double
      let state: RunAccount.StageRecord.State
    }
    let name: String
    let stages: [Stage]

    /// Nil unless all of it ran.
    var seconds: Double? {
      guard !stages.isEmpty, stages.allSatisfy({ $0.state == .ran }) else { return nil }
      let sum = stages.reduce(0) { $0 + $1.seconds }
      // No more than a month: the file may have been changed.
      return sum >= 0 && sum < 2_600_000 ? sum : nil
    }
  }
  let cases: [Case]
}
