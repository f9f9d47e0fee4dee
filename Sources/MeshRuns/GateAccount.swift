import Accounts
import Foundation
public import Implants

/// What the gate found of a file.
public struct GateAccount: Encodable, Sendable {
  static let formatVersion = 1
  static let notice = "Not for clinical use without review."

  /// The path of the mesh file.
  public let mesh: String
  /// The file of the skull, if there was one.
  public let skull: String?
  /// The printer, if one was named.
  public let printer: String?
  public let report: GateReport
  /// What is odd about the files, one sentence each.
  public let warnings: [String]

  private enum Key: String, CodingKey {
    case formatVersion, mesh, skull, printer, pass, checks, warnings, notice
  }

  /// `{mesh, skull, printer, pass, checks: [{name, value, unit, limit, relation, pass, remark}], …}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.formatVersion, forKey: .formatVersion)
    try container.encode(mesh, forKey: .mesh)
    try container.encode(skull, forKey: .skull)
    try container.encode(printer, forKey: .printer)
    try container.encode(report.passes, forKey: .pass)
    try container.encode(report.checks, forKey: .checks)
    try container.encode(warnings, forKey: .warnings)
    try container.encode(Self.notice, forKey: .notice)
  }

  public func json() throws -> String { try JSONFile.text(of: self) }

  /// The account as lines for people.
  public var lines: [String] {
    let width = report.checks.map(\.name.count).max() ?? 0
    let lines = report.checks.map { check in
      let mark = check.limit == nil ? "    " : check.passes ? "ok  " : "FAIL"
      let name = check.name.padding(toLength: width, withPad: " ", startingAt: 0)
      let value = check.value.map { Self.text($0, check.unit) } ?? "unknown"
      let limit =
        check.limitText.map { "  (\($0.relation) \(Self.text($0.number, check.unit)))" } ?? ""
      return "\(mark) \(name)  \(value)\(limit)" + (check.remark.isEmpty ? "" : "  \(check.remark)")
    }
    let failed = report.checks.count { !$0.passes }
    let end = failed == 0 ? "\(mesh) passes" : "\(mesh) fails \(failed) of its checks"
    return lines + ["\(end). \(Self.notice)"]
  }

  private static func text(_ value: Double, _ unit: String) -> String {
    if unit.isEmpty { return String(format: value == value.rounded() ? "%.0f" : "%.3f", value) }
    return String(format: unit == "mm" ? "%.3f " : "%.1f ", value) + unit
  }
}
