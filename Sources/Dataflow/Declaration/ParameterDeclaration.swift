/// A parameter of a stage: what pipeline files may set, checked before any data are touched.
public struct ParameterDeclaration: Sendable {
  /// The values that a parameter takes.
  public enum Kind: Sendable, Equatable {
    /// A finite number within bounds.
    case number(ClosedRange<Double>)
    /// A whole number within bounds.
    case integer(ClosedRange<Int>)
    /// `true` or `false`.
    case flag
    /// One of a few words.
    case choice([String])
    /// Any text that is not empty.
    case text
    /// One number, or several in brackets, each within bounds: `2` or `[1, 1, 1.5]`.
    case numbers(counts: [Int], each: ClosedRange<Double>)
    /// Whole sizes along x, y, z: `128x128x64` or `[128, 128, 64]`.
    case sizes
  }

  /// The name in pipeline files.
  public let name: String
  /// The values that it takes.
  public let kind: Kind
  /// The value where the file says nothing; nil where the file must, or where the stage has a rule.
  public let standard: ParameterValue?
  /// Whether a file may leave the parameter out although it has no standard value.
  public let isOptional: Bool
  /// What the parameter was once called: an error in a file, which says the new name.
  public let formerName: String?
  /// One line for help: meaning and unit.
  public let summary: String

  /// A parameter with a standard value, or one that every file must set.
  public init(
    _ name: String, formerly formerName: String? = nil, _ kind: Kind,
    standard: ParameterValue? = nil, _ summary: String
  ) {
    (self.name, self.kind, self.standard, self.summary) = (name, kind, standard, summary)
    self.formerName = formerName
    isOptional = false
  }

  /// A parameter that a file may leave out.
  public init(optional name: String, _ kind: Kind, _ summary: String) {
    (self.name, self.kind, self.standard, self.summary) = (name, kind, nil, summary)
    formerName = nil
    isOptional = true
  }
}

extension ParameterDeclaration.Kind: CustomStringConvertible {
  /// What error messages say was expected.
  public var description: String {
    switch self {
    case .number(let range): "a number\(Self.bounds(range))"
    case .integer(let range):
      range == Int.min...Int.max
        ? "a whole number"
        : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .flag: "true or false"
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    case .text: "a text"
    case .numbers(let counts, let range):
      "\(counts.map(String.init).joined(separator: " or ")) number(s)\(Self.bounds(range))"
    case .sizes: "sizes such as 128x128x64"
    }
  }

  private static func bounds(_ range: ClosedRange<Double>) -> String {
    let infinite = Double.greatestFiniteMagnitude
    switch (range.lowerBound <= -infinite, range.upperBound >= infinite) {
    case (true, true): return ""
    case (false, true): return " of at least \(Self.short(range.lowerBound))"
    case (true, false): return " of at most \(Self.short(range.upperBound))"
    case (false, false):
      return " from \(Self.short(range.lowerBound)) to \(Self.short(range.upperBound))"
    }
  }

  private static func short(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}

extension ClosedRange<Double> {
  /// Every finite number.
  public static var finite: ClosedRange<Double> {
    -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  }
  /// Every finite number that is not negative.
  public static var notNegative: ClosedRange<Double> { 0...Double.greatestFiniteMagnitude }
  /// Every finite number above zero.
  public static var positive: ClosedRange<Double> {
    Double.leastNormalMagnitude...Double.greatestFiniteMagnitude
  }
}
