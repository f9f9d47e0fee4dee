import Foundation

/// Numbers as pages show them: rounded, with units, a dash where there is none.
enum Figures {
  static let none = "–"

  /// Such as `12.3 cm²`; U+2212 for a minus sign.
  static func text(_ value: Double?, _ unit: String = "", digits: Int = 1) -> String {
    guard let value, value.isFinite else { return none }
    let number = String(format: "%.\(digits)f", value).replacingOccurrences(of: "-", with: "−")
    return unit.isEmpty ? number : "\(number) \(unit)"
  }

  /// Such as `12 %`.
  static func percent(_ share: Double?) -> String { text(share.map { 100 * $0 }, "%", digits: 0) }

  /// Such as `1.2 MB`.
  static func bytes(_ count: Int?) -> String {
    guard let count else { return none }
    if count < 10_000 { return "\(count) bytes" }
    return count < 1_000_000
      ? text(Double(count) / 1000, "kB", digits: 0) : text(Double(count) / 1e6, "MB")
  }

  /// Such as `(91.9, −184.1, 105.3)`.
  static func point(_ lps: [Double]) -> String {
    "(\(lps.map { text($0) }.joined(separator: ", ")))"
  }

  /// Such as `4.2 s` or `3 min 5 s`.
  static func seconds(_ value: Double) -> String {
    guard value >= 60, let whole = Int(exactly: value.rounded()) else { return text(value, "s") }
    return "\(whole / 60) min \(whole % 60) s"
  }
}
