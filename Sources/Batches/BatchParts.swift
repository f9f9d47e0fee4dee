import Accounts
import Errors

/// What the parts of a batch have done so far, as their logs say.
struct BatchParts: Sendable {
  struct Part: Sendable {
    let number: Int
    /// Such as `2/8`.
    let text: String
    let content: ShardLog.Content
    /// Whether it has come to its end, with all of its cases.
    let isComplete: Bool
  }

  let plan: ShardPlan
  /// All parts; one that was begun for other cases, or made them in another way, counts as not begun.
  let parts: [Part]

  /// Reads the logs of all parts; nil if none was begun.
  ///
  /// - Throws: `Diagnostic` where a newer program wrote into the folder, or the plan was changed or removed.
  init?(of count: Int, in folder: ShardFolder) throws(Diagnostic) {
    var logs: [ShardLog.Content] = []
    for number in 1...count {
      logs.append(
        try ShardLog.Content(folder.log(of: BatchRequest.Shard(index: number, count: count)!)))
    }
    // All cases of an account are made in the same way: in that of the part that was begun last.
    guard let latest = logs.compactMap(\.begin).max(by: { $0.moment < $1.moment }) else {
      return nil
    }
    let path = folder.plan(of: count, cases: latest.plan.cases)
    guard let plan = try ShardPlan(reading: path), plan.identity == latest.plan else {
      throw Diagnostic(
        .unreadable, path, field: "plan", expected: "the plan by which the parts were begun",
        found: "none, or another", remedy: "start all parts again; what is done is not done again")
    }
    self.plan = plan
    parts = logs.indices.map { index in
      let isLike =
        logs[index].begin.map { $0.plan == latest.plan && $0.method == latest.method } ?? false
      let content = isLike ? logs[index] : ShardLog.Content()
      return Part(
        number: index + 1, text: "\(index + 1)/\(count)", content: content,
        isComplete: content.isComplete(plan.cases(of: index + 1)))
    }
  }

  var begun: [Part] { parts.filter { $0.content.begin != nil } }

  /// When each was begun last, and whether it has come to its end since: what an account is made of is the same where this is.
  var state: [String] {
    parts.map { part in
      part.content.begin.map { "\($0.moment) \(part.content.end != nil)" } ?? ""
    }
  }

  /// The parts that have not come to their end.
  var gaps: [BatchMerge.Gap] {
    parts.filter { !$0.isComplete }.map { part in
      let own = plan.cases(of: part.number)
      return BatchMerge.Gap(
        shard: part.text, isBegun: part.content.begin != nil,
        cases: own.filter { part.content.ended[$0] == nil }.map { plan.cases[$0].name },
        count: own.count)
    }
  }
}
