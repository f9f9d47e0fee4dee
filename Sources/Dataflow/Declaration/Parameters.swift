/// The checked parameters of one stage, by which a ``DeclaredStage`` is made.
///
/// Reading a parameter that the stage did not declare with that type traps: it is a bug in the
/// stage.
public struct Parameters: Sendable {
  private let values: [String: ParameterValue]
  private let chosen: Set<String>

  /// Takes values that are already checked; defaults fill in for missing ones.
  ///
  /// - Parameter chosen: the parameters that the user set for this run, and not the file.
  public init(
    _ values: [String: ParameterValue], for declarations: [ParameterDeclaration],
    chosen: Set<String> = []
  ) {
    self.chosen = chosen
    var all = values
    for declaration in declarations where all[declaration.name] == nil {
      all[declaration.name] = declaration.standard
    }
    self.values = all
  }

  /// All parameters by name, defaults included, for the account and cache keys.
  public var all: [String: ParameterValue] { values }

  /// Whether the user set a parameter for this run, such as by `--set`.
  public func isChosen(_ name: String) -> Bool { chosen.contains(name) }

  public func number(_ name: String) -> Double { require(optionalNumber(name), name) }
  /// The number, or nil if the file left it out.
  public func optionalNumber(_ name: String) -> Double? {
    if case .number(let value)? = values[name] { value } else { nil }
  }

  public func integer(_ name: String) -> Int { require(optionalInteger(name), name) }
  /// The whole number, or nil if the file left it out.
  public func optionalInteger(_ name: String) -> Int? {
    if case .integer(let value)? = values[name] { value } else { nil }
  }

  public func flag(_ name: String) -> Bool {
    if case .flag(let value)? = values[name] { value } else { require(nil, name) }
  }

  /// The text of a parameter of kind `text` or `choice`.
  public func text(_ name: String) -> String { require(optionalText(name), name) }
  /// The text, or nil if the file left it out.
  public func optionalText(_ name: String) -> String? {
    if case .text(let value)? = values[name] { value } else { nil }
  }

  /// The numbers, or nil if the file left them out.
  public func optionalNumbers(_ name: String) -> [Double]? {
    if case .numbers(let value)? = values[name] { value } else { nil }
  }

  /// The sizes along x, y, z, or nil if the file left them out.
  public func optionalSizes(_ name: String) -> [Int]? {
    if case .sizes(let value)? = values[name] { value } else { nil }
  }

  private func require<Value>(_ value: Value?, _ name: String) -> Value {
    guard let value else { preconditionFailure("parameter \(name) is not declared with this type") }
    return value
  }
}
