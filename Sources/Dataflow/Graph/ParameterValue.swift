/// The value of a parameter, of the type that its declaration states.
public enum ParameterValue: Hashable, Sendable {
  case number(Double)
  case integer(Int)
  case flag(Bool)
  case text(String)
  case numbers([Double])
  case sizes([Int])
}

extension ParameterValue: CustomStringConvertible, Codable {
  /// A canonical spelling that does not depend on how the file wrote the value; used in cache keys.
  public var description: String {
    switch self {
    case .number(let value): Int(exactly: value).map(String.init) ?? "\(value)"
    case .integer(let value): "\(value)"
    case .flag(let value): "\(value)"
    case .text(let value): value
    case .numbers(let values):
      "[\(values.map { Int(exactly: $0).map(String.init) ?? "\($0)" }.joined(separator: ", "))]"
    case .sizes(let values): values.map(String.init).joined(separator: "x")
    }
  }

  /// Encodes the bare JSON value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .numbers(let values): try container.encode(values)
    case .sizes(let values): try container.encode(values)
    }
  }

  /// Decodes a bare JSON value. A list of whole numbers is taken for sizes and a whole number for an integer, since
  /// JSON does not tell them from others.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([Int].self) {
      self = .sizes(value)
    } else {
      self = .numbers(try container.decode([Double].self))
    }
  }
}
