import Accounts
import Batches
import Errors
import Evaluation
import Glibc

/// Prints the results of a batch on standard output: numbers of cases, scores, accounts.
enum BatchResults {
  static func print(_ account: BatchAccount, folder: String) {
    for record in account.run.cases where account.failed.contains(record.name) {
      Failure.print(record.error ?? "\(record.path): failed")
    }
    func numbers(done: Int, reused: Int, failed: Int, earlier: Int = 0, missing: Int) -> String {
      "\(counted(done, "case")) done, \(reused) of them reused, \(failed) failed"
        + (earlier > 0 ? " (\(earlier) of them in an earlier run)" : "")
        + (missing > 0 ? ", \(missing) not run" : "")
    }
    let (done, failed) = (account.count(of: .completed), account.count(of: .failed))
    if let own = account.share {
      Swift.print(
        "part \(own.shard): "
          + numbers(
            done: own.completed, reused: own.reused, failed: own.failed, missing: own.missing))
    }
    Swift.print(
      (account.share == nil ? "" : "all parts: ")
        + numbers(
          done: done, reused: account.reused, failed: failed,
          earlier: account.share == nil ? failed - account.failed.count : 0,
          missing: account.missing))
    if !account.scores.rows.isEmpty {
      for line in account.scores.lines { Swift.print(line) }
    }
    for gap in account.gaps { Swift.print(line(of: gap)) }
    for name in account.fileNames { Swift.print("\(folder)/\(name)") }
  }

  /// Prints what each part needs, and at the end all together.
  static func print(_ plan: BatchPlan) {
    for part in plan.shards {
      Swift.print(
        "part \(part.shard): \(counted(part.cases, "case")), about "
          + "\(Progress.seconds(part.seconds)), \(part.peakBytes / 1_000_000) MB, up to "
          + "\(counted(part.cores, "core"))")
    }
    let measured = plan.cases.count(where: \.isMeasured)
    Swift.print(
      "\(counted(plan.cases.count, "case")), about "
        + "\(Progress.seconds(plan.shards.reduce(0) { $0 + $1.seconds })) on two cores "
        + "(\(measured == 0 ? "reckoned by the sizes of the scans" : "\(measured) as measured before"))"
    )
  }

  /// Such as `part 2/8 has not come to its end: 3 of its 50 cases are missing: left/001, left/007, right/000`.
  private static func line(of gap: BatchMerge.Gap) -> String {
    let shown = gap.cases.prefix(8).joined(separator: ", ")
    let more = gap.cases.count > 8 ? " and \(gap.cases.count - 8) more" : ""
    let missing =
      gap.cases.isEmpty
      ? "none of its cases is missing"
      : "\(gap.cases.count) of its \(counted(gap.count, "case")) missing: \(shown)\(more)"
    return gap.isBegun
      ? "part \(gap.shard) has not come to its end: \(missing)"
      : "part \(gap.shard) was not begun: \(missing)"
  }

  /// Prints at once, so that the lines of a case stay together and in order with the rest.
  static func explain(_ lines: [String]) {
    Swift.print(lines.map(StandardError.line).joined(separator: "\n"))
    fflush(nil)
  }
}
