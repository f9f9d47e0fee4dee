import Pipelines
import VolumeIO
import Volumes

/// What a process does in the folder of a batch, which says whether others may be at work there.
struct FolderUse: Codable, Hashable, Sendable {
  enum Kind: Codable, Hashable, Sendable {
    /// All cases.
    case whole
    /// One of so many parts.
    case part(of: Int)
    /// Only the accounts.
    case merge
  }

  let kind: Kind
  /// How the cases are made, see ``BatchRequest/method(_:)``.
  var method = ""
  /// Which cases are divided, see ``ShardPlan/Identity/cases``.
  var cases = ""

  /// What is expected of others at work.
  struct Conflict {
    let expected: String
    let remedy: String
  }

  /// Why this cannot begin while a process does something else there; nil if it can. The rule is the same both ways.
  func conflict(with other: FolderUse) -> Conflict? {
    switch (kind, other.kind) {
    case (.whole, _), (_, .whole): .another
    case (.merge, _), (_, .merge): nil
    case (.part(let count), .part(let others)):
      if count != others {
        Conflict(
          expected: "parts of one number at a time",
          remedy:
            "wait for their end, ask for a part of \(others) as they are, or choose another folder with -o"
        )
      } else if cases != other.cases {
        Conflict(
          expected: "the same cases and outputs in all parts that are done at a time",
          remedy: "wait for their end, or choose another folder with -o")
      } else if method != other.method {
        Conflict(
          expected: "the same pipeline and settings in all parts that are done at a time",
          remedy:
            "wait for their end, start this one as they were, or choose another folder with -o")
      } else {
        nil
      }
    }
  }
}

extension FolderUse.Conflict {
  /// With a process that has all of the folder, or the same part.
  static let another = Self(
    expected: "one that no other run writes into",
    remedy: "wait for its end, or choose another with -o")
}

extension BatchRequest {
  /// How the cases are made, in a digest: by which stages and parameters, and what is read of the files.
  func method(_ pipeline: BatchPipeline) -> String {
    CacheKey(of: [
      "method", pipeline.identity, "label", label.map { "\($0)" } ?? "", "space",
      assumedSpace?.rawValue ?? "", "segment", reading.segment ?? "",
    ]).description
  }

  /// What the process does in its folder.
  func use(_ pipeline: BatchPipeline, _ cases: [ListedCase]) -> FolderUse {
    guard let shard else { return FolderUse(kind: .whole) }
    return FolderUse(
      kind: .part(of: shard.count), method: method(pipeline),
      cases: ShardPlan.Identity.cases(cases, into: shard.count))
  }
}
