/// One thing that was measured of a part, and whether it is as it must be.
public struct PartCheck: Hashable, Sendable {
  /// What a figure is held against.
  public enum Limit: Hashable, Sendable {
    case atMost(Double)
    case atLeast(Double)
    case exactly(Double)
  }

  /// What was measured, such as `selfIntersections`.
  public var name: String
  /// The figure; nil where it could not be formed.
  public var value: Double?
  /// The figure's unit, such as `mm`; empty for counts.
  public var unit: String
  /// What it is held against; nil for what is only told.
  public var limit: Limit?
  /// What a reader should know about it; may be empty.
  public var remark: String

  public init(
    _ name: String, _ value: Double?, unit: String = "", limit: Limit? = nil, remark: String = ""
  ) {
    (self.name, self.value, self.unit) = (name, value, unit)
    (self.limit, self.remark) = (limit, remark)
  }

  /// A check that a count is 0.
  static func none(_ name: String, _ count: Int, remark: String = "") -> PartCheck {
    PartCheck(name, Double(count), limit: .atMost(0), remark: remark)
  }

  /// Whether the figure keeps to its limit; one that could not be formed does not.
  public var passes: Bool {
    guard let limit else { return true }
    guard let value else { return false }
    switch limit {
    case .atMost(let most): return value <= most
    case .atLeast(let least): return value >= least
    case .exactly(let number): return value == number
    }
  }

  /// The figure in words: `wall 1.13 mm`.
  public var figure: String { "\(name) \(number)" }

  /// The number with its unit: `1.13 mm`.
  public var number: String {
    guard let value else { return "unknown" }
    let digits = unit.isEmpty ? 1.0 : 100
    let number = (value * digits).rounded() / digits
    let text = Int(exactly: number).map(String.init) ?? "\(number)"
    return text + (unit.isEmpty ? "" : " \(unit)")
  }

  /// The figure and its limit in words: `wall 0.8 mm, at least 1.0 mm`.
  public var sentence: String {
    guard let limit = limitText else { return figure }
    return "\(figure), \(limit.relation) \(limit.number)" + (unit.isEmpty ? "" : " \(unit)")
  }
}
