import Dataflow
import Implants

extension StageContext {
  /// Warns where the gate found something of `what` that does not pass.
  func warn(ofFailuresIn report: GateReport, of what: String) {
    let failed = report.checks.filter { !$0.passes }
    guard !failed.isEmpty else { return }
    warn(
      "\(what) fails the gate: \(failed.map(\.sentence).joined(separator: "; ")); look at it before it is made"
    )
  }
}
