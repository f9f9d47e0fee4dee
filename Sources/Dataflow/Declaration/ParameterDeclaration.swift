/// A parameter of a stage that pipeline files may set. Values are checked against it before any
/// data are read.
public struct ParameterDeclaration: Sendable {
  /// What values a parameter accepts.
  public enum Kind: Sendable, Equatable {
    /// A finite number in the range.
    case number(ClosedRange<Double>)
    /// A whole number in the range.
    case integer(ClosedRange<Int>)
    case flag
    case choice([String])
    /// Any text that is not empty.
    case text
    /// Numbers in the range `each`, as many as one of `counts`; one number may stand without
    /// brackets: `2` or `[1, 1, 1.5]`.
    case numbers(counts: [Int], each: ClosedRange<Double>)
    /// Sizes in voxels along x, y, z: `128x128x64` or `[128, 128, 64]`.
    case sizes
  }

  /// The name in pipeline files and in `--set`.
  public let name: String
  public let kind: Kind
  /// The default value. With nil, the file must set the parameter, unless ``isOptional``.
  public let standard: ParameterValue?
  /// Whether the file may leave out a parameter that has no default; the stage then decides what to
  /// do.
  public let isOptional: Bool
  /// An earlier name of the parameter. A file that uses it gets an error that states the new name.
  public let formerName: String?
  /// One line for help texts: meaning and unit.
  public let summary: String
  /// Whether a value other than the default is that of one case, such as a mask of its patient: a run of several
  /// cases refuses it.
  public private(set) var isOfOneCase = false

  /// A parameter with a default, or, if `standard` is nil, one that every file must set.
  public init(
    _ name: String, formerly formerName: String? = nil, _ kind: Kind,
    standard: ParameterValue? = nil, _ summary: String
  ) {
    (self.name, self.kind, self.standard, self.summary) = (name, kind, standard, summary)
    self.formerName = formerName
    isOptional = false
  }

  /// A parameter without a default that a file may leave out.
  public init(optional name: String, _ kind: Kind, _ summary: String) {
    (self.name, self.kind, self.standard, self.summary) = (name, kind, nil, summary)
    formerName = nil
    isOptional = true
  }

  /// The same parameter, of which every case has its own value.
  public var ofOneCase: ParameterDeclaration {
    var declaration = self
    declaration.isOfOneCase = true
    return declaration
  }
}

extension ParameterDeclaration.Kind: CustomStringConvertible {
  /// The expectation as error messages phrase it, such as `a number of at least 0`.
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
      "\(counts.map(String.init).joined(separator: " or ")) "
        + "number\(counts == [1] ? "" : "s")\(Self.bounds(range))"
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
  /// Zero and every finite positive number.
  public static var notNegative: ClosedRange<Double> { 0...Double.greatestFiniteMagnitude }
  /// Every normal positive number: zero and denormals are excluded.
  public static var positive: ClosedRange<Double> {
    Double.leastNormalMagnitude...Double.greatestFiniteMagnitude
  }
}
