/// A finding of a stage for the account, as a JSON value.
public enum Note: Hashable, Sendable, Codable {
  case number(Double)
  case integer(Int)
  case text(String)
  case flag(Bool)
  case list([Note])
  case object([String: Note])

  public static func numbers(_ values: some Sequence<Double>) -> Note {
    .list(values.map { .number($0) })
  }

  /// Decodes any JSON value; null becomes NaN, since ``encode(to:)`` writes non-finite numbers as
  /// null.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .number(.nan)
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([Note].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: Note].self))
    }
  }

  /// Encodes the bare JSON value; non-finite numbers become null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let value):
      if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
    case .integer(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
