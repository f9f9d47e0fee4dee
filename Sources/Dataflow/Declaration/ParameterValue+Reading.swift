extension ParameterValue {
  /// Parses text from a pipeline file or `--set` as a value of `kind`; nil if it is not one.
  ///
  /// Parsing does not depend on the locale. `nan` and infinities are rejected.
  ///
  /// - Parameters:
  ///   - texts: one text, or the elements of a list.
  ///   - isList: whether the file has a list here.
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
      guard let sizes = isList ? Self.sizes(each: texts) : Self.sizes(texts[0]) else { return nil }
      self = .sizes(sizes)
    }
  }

  /// Parses sizes along x, y, z such as `64x64x32`, each from 1 to 65,536; nil for any other text.
  public static func sizes(_ text: String) -> [Int]? {
    sizes(each: text.split(separator: "x", omittingEmptySubsequences: false))
  }

  private static func sizes(each texts: [some StringProtocol]) -> [Int]? {
    let values = texts.compactMap { Int($0) }
    guard texts.count == 3, values.count == 3, values.allSatisfy((1...1 << 16).contains) else {
      return nil
    }
    return values
  }

  private static func number(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite ? $0 : nil }
  }
}
