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
    let (done, failed) = (account.count(of: .completed), account.count(of: .failed))
    let earlier = failed - account.failed.count
    Swift.print(
      "\(counted(done, "case")) done, \(account.reused) of them reused, \(failed) failed"
        + (earlier > 0 ? " (\(earlier) of them in an earlier run)" : "")
        + (account.missing > 0 ? ", \(account.missing) not run" : ""))
    if !account.scores.rows.isEmpty {
      for line in account.scores.lines { Swift.print(line) }
    }
    for name in account.fileNames { Swift.print("\(folder)/\(name)") }
  }

  /// Prints at once, so that the lines of a case stay together and in order with the rest.
  static func explain(_ lines: [String]) {
    Swift.print(lines.map(StandardError.line).joined(separator: "\n"))
    fflush(nil)
  }
}
