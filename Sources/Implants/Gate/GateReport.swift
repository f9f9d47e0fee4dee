/// What the gate found of a part.
public struct GateReport: Hashable, Sendable {
  /// The checks, in the order in which they are told.
  public var checks: [PartCheck]

  public init(_ checks: [PartCheck]) { self.checks = checks }

  public var passes: Bool { checks.allSatisfy(\.passes) }

  /// The check of a name; nil where it was not made.
  public subscript(name: String) -> PartCheck? { checks.first { $0.name == name } }
}

/// `{pass, checks: [{name, value, unit, limit, relation, pass, remark}]}`, as accounts have it.
extension GateReport: Codable {
  private enum Key: String, CodingKey { case pass, checks }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    checks = try container.decode([PartCheck].self, forKey: .checks)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(passes, forKey: .pass)
    try container.encode(checks, forKey: .checks)
  }
}

extension PartCheck: Codable {
  private enum Key: String, CodingKey { case name, value, unit, limit, relation, pass, remark }

  /// What stands between a figure and its limit.
  private enum Relation: String, Codable {
    case atMost = "at most"
    case atLeast = "at least"
    case moreThan = "more than"
    case exactly
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      try container.decode(String.self, forKey: .name),
      try container.decodeIfPresent(Double.self, forKey: .value),
      unit: try container.decode(String.self, forKey: .unit),
      remark: try container.decode(String.self, forKey: .remark))
    guard let number = try container.decodeIfPresent(Double.self, forKey: .limit) else { return }
    limit =
      switch try container.decode(Relation.self, forKey: .relation) {
      case .atMost: .atMost(number)
      case .atLeast: .atLeast(number)
      case .moreThan: .atLeast(.leastNonzeroMagnitude)
      case .exactly: .exactly(number)
      }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    // A figure that is no number would be no JSON.
    try container.encode(value.flatMap { $0.isFinite ? $0 : nil }, forKey: .value)
    try container.encode(unit, forKey: .unit)
    let relation = relation
    try container.encode(relation?.number, forKey: .limit)
    try container.encode(relation?.word, forKey: .relation)
    try container.encode(passes, forKey: .pass)
    try container.encode(remark, forKey: .remark)
  }

  private var relation: (word: Relation, number: Double)? {
    switch limit {
    case nil: nil
    case .atMost(let most): (.atMost, most)
    // Above 0, in a number that JSON readers keep.
    case .atLeast(.leastNonzeroMagnitude): (.moreThan, 0)
    case .atLeast(let least): (.atLeast, least)
    case .exactly(let number): (.exactly, number)
    }
  }

  /// The limit in words, such as `at least 1.0`; nil where there is none.
  public var limitText: (relation: String, number: Double)? {
    relation.map { ($0.word.rawValue, $0.number) }
  }
}
