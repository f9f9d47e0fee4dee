import Accounts
import Errors
import Foundation
import Dataflow

/// What a run prints on standard output: for each case the files and what they measure.
enum Results {
  static func print(_ manifest: RunManifest, folder: String) {
    for record in manifest.cases {
      switch record.status {
      case .completed: printCompleted(record, folder)
      case .failed: Failure.print(record.error ?? "\(record.path): failed")
      case .cancelled: break
      }
    }
    if manifest.cases.count > 1 {
      let failed = manifest.cases.filter { $0.status == .failed }.count
      let done = manifest.cases.filter { $0.status == .completed }.count
      let cancelled = manifest.cases.count - done - failed
      Swift.print(
        "\(done) of \(counted(manifest.cases.count, "case")) done, \(failed) failed"
          + (cancelled > 0 ? ", \(cancelled) cancelled" : ""))
    }
    Swift.print("\(folder)/run.json")
  }

  private static func printCompleted(_ record: RunManifest.CaseRecord, _ folder: String) {
    for output in record.outputs {
      guard output.bytes != nil else { continue }
      let facts = measurements(output.measurements)
      Swift.print("\(folder)/\(output.file)" + (facts.isEmpty ? "" : "  \(facts)"))
    }
  }

  /// Such as `9876.5 mm³, 36.4 × 34.4 × 57.0 mm`.
  private static func measurements(_ notes: [String: Note]) -> String {
    var facts: [String] = []
    if case .integer(let triangles)? = notes["triangles"] {
      facts.append(counted(triangles, "triangle"))
    }
    if case .number(let volume)? = notes["volumeMM3"] {
      facts.append(String(format: "volume %.1f mm³", volume))
    }
    if case .list(let extent)? = notes["extentMM"] {
      let lengths = extent.map { note in
        if case .number(let length) = note { String(format: "%.1f", length) } else { "?" }
      }
      facts.append("extent \(lengths.joined(separator: " × ")) mm")
    }
    return facts.joined(separator: ", ")
  }
}
