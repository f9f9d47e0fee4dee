import Accounts
import Completion
import Errors
import Foundation
import Recognition

/// Prints the results of a run on standard output: for each case, the files and what they measure.
enum Results {
  static func print(_ account: RunAccount, folder: String) {
    for file in account.removed ?? [] {
      StandardError.warn(
        "removed: it was made for an earlier case, not for this one", of: "\(folder)/\(file)")
    }
    for record in account.cases {
      switch record.status {
      case .completed: printCompleted(record, folder)
      case .failed: Failure.print(record.error ?? "\(record.path): failed")
      case .cancelled: break
      }
    }
    if account.cases.count > 1 {
      let failed = account.cases.filter { $0.status == .failed }.count
      let done = account.cases.filter { $0.status == .completed }.count
      let cancelled = account.cases.count - done - failed
      Swift.print(
        "\(done) of \(counted(account.cases.count, "case")) done, \(failed) failed"
          + (cancelled > 0 ? ", \(cancelled) cancelled" : ""))
    }
    Swift.print("\(folder)/run.json")
  }

  private static func printCompleted(_ record: RunAccount.CaseRecord, _ folder: String) {
    if let reading = record.reading { Swift.print("\(record.name): \(reading.sentence)") }
    if let findings = record.findings {
      for line in FindingsText.lines(of: findings) { Swift.print("\(record.name): \(line)") }
    }
    for output in record.outputs {
      guard output.bytes != nil else { continue }
      let facts = text(of: output.measurements)
      Swift.print("\(folder)/\(output.file)" + (facts.isEmpty ? "" : "  \(facts)"))
    }
  }

  /// Such as `9876.5 mm³, 36.4 × 34.4 × 57.0 mm`.
  private static func text(of measured: OutputMeasurements) -> String {
    var facts: [String] = []
    if let triangles = measured.triangles { facts.append(counted(triangles, "triangle")) }
    if let volume = measured.volumeMM3 {
      facts.append(String(format: "volume %.1f mm³", volume))
    }
    if let extent = measured.extentMM {
      facts.append(String(format: "extent %.1f × %.1f × %.1f mm", extent.x, extent.y, extent.z))
    }
    return facts.joined(separator: ", ")
  }
}
