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

  /// A check.
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
}

/// What the gate found of a part.
public struct GateReport: Hashable, Sendable {
  /// The checks, in the order in which they are told.
  public var checks: [PartCheck]

  /// A report of checks.
  public init(_ checks: [PartCheck]) { self.checks = checks }

  /// Whether every check passes.
  public var passes: Bool { checks.allSatisfy(\.passes) }

  /// The check of a name; nil where it was not made.
  public subscript(name: String) -> PartCheck? { checks.first { $0.name == name } }
}
