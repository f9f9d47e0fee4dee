import Completion
import Foundation

/// What a run prints of the holes of a skull and of the trust in its implant.
enum FindingsText {
  /// A line each, such as `hole: 55.2 cm², 101 × 88 mm, cranial, at (154.8, 141.9, 70.1) mm LPS`.
  static func lines(of findings: CompletionFindings) -> [String] {
    var lines = findings.defects.map(line)
    if findings.defects.isEmpty {
      lines.append("no hole is found")
    }
    var trust = String(format: "confidence %.2f", findings.confidence)
    if let disagreement = findings.disagreementMM {
      trust += String(format: "; other ways of completing lie %.1f mm away", disagreement)
    }
    lines.append(trust)
    if let test = findings.selfTest {
      lines.append(
        String(
          format:
            "self-test on this skull, a hole of %.1f cm²: Dice %.2f, outside right to %.1f mm, "
            + "inside to %.1f mm", test.areaMM2 / 100, test.dsc, test.outerMM, test.innerMM))
    }
    return lines
  }

  private static func line(of defect: CompletionFindings.Defect) -> String {
    var facts = [
      String(format: "%.1f cm²", defect.areaMM2 / 100),
      defect.diametersMM.map { String(format: "%.0f", $0) }.joined(separator: " × ") + " mm",
      defect.kind.rawValue,
    ]
    if defect.crossesMidline { facts.append("across the midline") }
    if defect.atBorder { facts.append("at the border of the scan") }
    let place = defect.centroidLPS.map { String(format: "%.1f", $0) }.joined(separator: ", ")
    facts.append("at (\(place)) mm LPS")
    if !defect.isFilled { facts.append("left open") }
    return "hole: " + facts.joined(separator: ", ")
  }
}
