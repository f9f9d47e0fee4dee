/// A finding of a stage, as reports print it.
public enum Note: Hashable, Sendable, Encodable {
  case number(Double)
  case integer(Int)
  case text(String)
  case flag(Bool)
  case list([Note])
  case object([String: Note])

  /// A list of numbers.
  public static func numbers(_ values: some Sequence<Double>) -> Note {
    .list(values.map { .number($0) })
  }

  /// The bare value; a number that is not finite becomes null.
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
