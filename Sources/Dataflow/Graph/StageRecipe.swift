/// How a stage makes its value: with its inputs, all that the value depends on.
///
/// Two runs of stages with equal recipes on equal inputs make equal values, whatever the files are
/// called and whenever they were made: what keys of stored values are worked out from.
public struct StageRecipe: Hashable, Sendable {
  /// The stage's kind.
  public let kind: String
  /// The version of what the stage does, see ``Stage/version``.
  public let version: Int
  /// The parameters by name in one fixed spelling; in place of a file's path the digest of its bytes.
  public let parameters: [String: String]

  /// A recipe.
  public init(kind: String, version: Int, parameters: [String: String]) {
    (self.kind, self.version, self.parameters) = (kind, version, parameters)
  }
}
