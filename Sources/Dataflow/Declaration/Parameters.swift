/// The parameters of one stage, each checked against its declaration.
///
/// The subscripts trap on a name that the stage did not declare: that is a mistake in the stage.
public struct Parameters: Sendable {
  private let values: [String: ParameterValue]

  /// Checked values; standard values fill what is missing.
  public init(_ values: [String: ParameterValue], for declarations: [ParameterDeclaration]) {
    var all = values
    for declaration in declarations where all[declaration.name] == nil {
      all[declaration.name] = declaration.standard
    }
    self.values = all
  }

  /// Every parameter by name, for records and cache keys.
  public var all: [String: ParameterValue] { values }

  /// A number.
  public func number(_ name: String) -> Double { require(optionalNumber(name), name) }
  /// A number, or nil where the file left it out.
  public func optionalNumber(_ name: String) -> Double? {
    if case .number(let value)? = values[name] { value } else { nil }
  }

  /// A whole number.
  public func integer(_ name: String) -> Int { require(optionalInteger(name), name) }
  /// A whole number, or nil where the file left it out.
  public func optionalInteger(_ name: String) -> Int? {
    if case .integer(let value)? = values[name] { value } else { nil }
  }

  /// A flag.
  public func flag(_ name: String) -> Bool {
    if case .flag(let value)? = values[name] { value } else { require(nil, name) }
  }

  /// A text or a word of a choice.
  public func text(_ name: String) -> String { require(optionalText(name), name) }
  /// A text, or nil where the file left it out.
  public func optionalText(_ name: String) -> String? {
    if case .text(let value)? = values[name] { value } else { nil }
  }

  /// Several numbers, or nil where the file left them out.
  public func optionalNumbers(_ name: String) -> [Double]? {
    if case .numbers(let value)? = values[name] { value } else { nil }
  }

  /// Sizes along x, y, z, or nil where the file left them out.
  public func optionalSizes(_ name: String) -> [Int]? {
    if case .sizes(let value)? = values[name] { value } else { nil }
  }

  private func require<Value>(_ value: Value?, _ name: String) -> Value {
    guard let value else { preconditionFailure("parameter \(name) is not declared so") }
    return value
  }
}
