import Accounts
import DataSets

/// A case of a data set, as the accounts of a batch list it.
struct ListedCase: Codable, Hashable, Sendable {
  /// The path below the folder of defective skulls, without ending.
  let name: String
  /// The kind of defect; empty if unknown.
  let kind: String
  /// The path of its file.
  let path: String
  /// Whether there is a truth that its implant is scored against.
  let isScored: Bool
  /// The file of the mask that is scored, below the folder of the run; empty if none is written.
  let prediction: String

  init(_ member: DataSet.Member, of pipeline: BatchPipeline) {
    (name, kind, path) = (member.name, member.kind, member.path)
    isScored = member.truth != nil
    prediction = pipeline.prediction?.place(of: member) ?? ""
  }

  /// The name without the kind, which has a column of its own in tables.
  var shortName: String {
    let prefix = kind + "/"
    return kind.isEmpty || !name.hasPrefix(prefix) ? name : String(name.dropFirst(prefix.count))
  }
}

/// How a case ended, as the accounts of a batch tell it.
struct EndedCase: Codable, Sendable {
  var record: RunAccount.CaseRecord
  /// Why it failed; nil if it did not.
  var failure: FailureRecord?
  /// Whether nothing had to be done for it.
  var isReused = false
}
