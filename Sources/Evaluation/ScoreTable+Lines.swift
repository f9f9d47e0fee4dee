import Errors
import Foundation
import Scores

extension CaseScore {
  /// The scores as text, one line each.
  public var lines: String {
    func value(_ number: Double?, _ unit: String = "") -> String {
      number.map { String(format: "%.4f", $0) + unit } ?? "none"
    }
    var lines = [
      "dsc     \(value(scores.dsc))", "hd95    \(value(scores.hd95, " mm"))",
      "hd      \(value(scores.hd, " mm"))", "status  \(scores.status.rawValue)",
    ]
    if defective != nil { lines.insert("bdsc    \(value(scores.bdsc))", at: 1) }
    return lines.joined(separator: "\n")
  }
}

extension ScoreTable {
  /// The means as text, one line each, with the number of cases.
  public var lines: [String] {
    let scored = rows.count - failures.count
    var lines = [
      "\(scored) of \(counted(rows.count, "case")) scored"
        + (failures.isEmpty ? "" : ", \(failures.count) failed")
    ]
    let columns: [(String, KeyPath<MaskScores, Double?>, String)] = [
      ("dsc", \.dsc, ""), ("bdsc", \.bdsc, ""), ("hd95", \.hd95, " mm"), ("hd", \.hd, " mm"),
    ]
    for (name, path, unit) in columns {
      guard let (mean, count) = mean(path) else { continue }
      lines.append(
        name.padding(toLength: 6, withPad: " ", startingAt: 0)
          + String(format: "%.4f", mean) + unit + ", mean of \(count)")
    }
    return lines
  }
}
