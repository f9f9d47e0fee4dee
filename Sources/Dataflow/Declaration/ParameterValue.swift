/// The value of a parameter, its type given by the declaration.
public enum ParameterValue: Hashable, Sendable {
  case number(Double)
  case integer(Int)
  case flag(Bool)
  case text(String)
  case numbers([Double])
  case sizes([Int])

  /// Reads the texts of a file (one, or the elements of a list) as what `kind` wants, or returns nil.
  ///
  /// Numbers are read independently of the locale; `nan` and infinities are not numbers here.
  public init?(_ texts: [String], isList: Bool, as kind: ParameterDeclaration.Kind) {
    switch kind {
    case .number(let range):
      guard !isList, let value = Self.number(texts[0]), range.contains(value) else { return nil }
      self = .number(value)
    case .integer(let range):
      guard !isList, let value = Int(texts[0]), range.contains(value) else { return nil }
      self = .integer(value)
    case .flag:
      guard !isList, let value = Bool(texts[0]) else { return nil }
      self = .flag(value)
    case .choice(let words):
      guard !isList, words.contains(texts[0]) else { return nil }
      self = .text(texts[0])
    case .text:
      guard !isList, !texts[0].isEmpty else { return nil }
      self = .text(texts[0])
    case .numbers(let counts, let range):
      let values = texts.compactMap(Self.number)
      guard values.count == texts.count, counts.contains(values.count),
        values.allSatisfy(range.contains)
      else { return nil }
      self = .numbers(values)
    case .sizes:
      let parts =
        isList
        ? texts
        : texts[0].split(separator: "x", omittingEmptySubsequences: false)
          .map(String.init)
      let values = parts.compactMap { Int($0) }
      guard parts.count == 3, values.count == 3, values.allSatisfy({ $0 > 0 && $0 <= 1 << 16 })
      else { return nil }
      self = .sizes(values)
    }
  }

  private static func number(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite ? $0 : nil }
  }
}

extension ParameterValue: CustomStringConvertible, Encodable {
  /// The value in one fixed spelling, whatever the file's was.
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

  /// The bare value.
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
}
